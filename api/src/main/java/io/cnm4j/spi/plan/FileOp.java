package io.cnm4j.spi.plan;

import java.util.List;
import java.util.Optional;

/** A step that makes a file of ours. Others may have it mounted: it keeps its inode while it changes. */
public sealed interface FileOp extends KernelOp {
    /** Its absolute path; the directory above it is ours and goes when it is empty. */
    String path();

    @Override
    default NamespaceRef namespace() {
        return NamespaceRef.HOST;
    }

    @Override
    default Optional<Claim> claim() {
        return Optional.of(new Claim("file " + path(), false));
    }

    @Override
    default List<String> renderRemoval() {
        String directory = path().substring(0, path().lastIndexOf('/'));
        return List.of("rm -f " + path(), "rmdir --ignore-fail-on-non-empty " + directory);
    }

    /**
     * A file, and its directory.
     *
     * @param path absolute path; the directory above it is ours and goes when it is empty
     * @param content what it holds, UTF-8; made by {@link OwnedText} if edits matter
     * @param edits what becomes of edits by others
     */
    record WriteFile(String path, String content, OwnedText.Edits edits) implements FileOp {
        /** Makes a file whose edits are undone. */
        public WriteFile(String path, String content) {
            this(path, content, OwnedText.Edits.UNDONE);
        }

        @Override
        public List<String> render() {
            return List.of("install -m 0644 -D /dev/stdin " + path + " <<'EOF'\n" + content + "EOF");
        }
    }

    /**
     * A copy of one of the host's files, and its directory: octet by octet if it is UTF-8. It does not follow the host's, and edits by others
     * are kept; only a block of ours at its end changes.
     *
     * @param source the file of the host; as good as empty if there is none
     * @param path absolute path; the directory above it is ours and goes when it is empty
     * @param block made by {@link OwnedText#block}; nothing if empty
     */
    record CopyFile(String source, String path, String block) implements FileOp {
        @Override
        public List<String> render() {
            String copy = "install -m 0644 -D " + source + " " + path;
            return block.isEmpty() ? List.of(copy) : List.of(copy, "cat >> " + path + " <<'EOF'\n" + block + "EOF");
        }
    }
}
