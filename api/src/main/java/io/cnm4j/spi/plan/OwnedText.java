package io.cnm4j.spi.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Text files that we write and that others may edit: a container's {@code /etc/hosts}, its {@code /etc/resolv.conf}. The text itself
 * says whether it was edited, so that a new process knows it too. Lines of ours are comments to whoever reads the file.
 */
public final class OwnedText {
    private static final String BEGIN = "# cnm4j: the lines down to the next such one are kept up to date";
    private static final String END = "# cnm4j: end";
    private static final String SEAL = "# cnm4j: left alone once edited; sha256 of what is above ";

    /**
     * What is written behind a text that is shorter than the one it replaces, before the file is cut: a writer that dies in between
     * leaves lines without meaning.
     */
    public static final char PAD = '\n';

    private OwnedText() {}

    /** What becomes of edits by others. */
    public enum Edits {
        /** They are undone. */
        UNDONE,
        /** They are kept, but not in the block of {@link #block}; a file without its marks is left alone. */
        KEPT_AROUND_BLOCK,
        /** The file is left alone once its {@link #seal} is broken. */
        LEFT_ALONE
    }

    /** Returns text whose last lines stay ours. */
    public static String block(String above, List<String> lines) {
        var text = new StringBuilder(above).append(BEGIN).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        return text.append(END).append('\n').toString();
    }

    /** Returns the text with a last line by which an edit is seen. */
    public static String seal(String text) {
        return text + SEAL + digest(text) + "\n";
    }

    private static boolean isSealed(String text) {
        int at = text.lastIndexOf(SEAL);
        return at >= 0 && text.stripTrailing().concat("\n").equals(seal(text.substring(0, at))); // see PAD
    }

    /**
     * Returns what the file should hold now, if that is not what it holds. An empty file is no edit.
     *
     * @param there what it holds
     * @param content what it would hold if nobody had edited it
     */
    public static Optional<String> change(String there, String content, Edits edits) {
        String wanted = switch (edits) {
            case UNDONE -> content;
            case LEFT_ALONE -> there.isEmpty() || isSealed(there) ? content : there;
            case KEPT_AROUND_BLOCK ->
                there.isEmpty()
                        ? content
                        : replaced(there, content.substring(content.indexOf(BEGIN)))
                                .orElse(there);
        };
        return wanted.equals(there) ? Optional.empty() : Optional.of(wanted);
    }

    /** Returns the text with this block in the place of the one it has, or at its end; without any if the block is empty. */
    public static String withBlock(String there, String block) {
        boolean open = !block.isEmpty() && !there.isEmpty() && !there.endsWith("\n");
        return replaced(there, block).orElse(there + (open ? "\n" : "") + block);
    }

    /** Returns the text with this block in the place of the one it has, if it has one. */
    private static Optional<String> replaced(String there, String block) {
        int begin = there.indexOf(BEGIN + "\n");
        int end = there.indexOf("\n" + END + "\n", Math.max(0, begin));
        return begin < 0 || end < 0
                ? Optional.empty()
                : Optional.of(there.substring(0, begin) + block + there.substring(end + END.length() + 2));
    }

    private static String digest(String text) {
        try {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
