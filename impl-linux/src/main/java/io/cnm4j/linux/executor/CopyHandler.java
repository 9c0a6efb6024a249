package io.cnm4j.linux.executor;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.linux.HostText;
import io.cnm4j.linux.netns.OwnedFiles;
import io.cnm4j.spi.plan.FileOp.CopyFile;
import io.cnm4j.spi.plan.OwnedText;
import java.nio.file.Path;
import java.util.Optional;

/** Copies of the host's files. */
final class CopyHandler extends TextHandler<CopyFile> {
    @Override
    String first(CopyFile op) {
        String source = HostText.of(Path.of(op.source()), OwnedFiles.MOST_OCTETS);
        if (isTooLong(source)) {
            throw new ConfigurationException(
                    op.source() + " has more than " + OwnedFiles.LONGEST + " characters; make it shorter");
        }
        return OwnedText.withBlock(source, op.block());
    }

    @Override
    Optional<String> change(CopyFile op, String there) {
        String wanted =
                there.isEmpty() ? first(op) : OwnedText.withBlock(there, op.block()); // an empty file is no edit
        return isTooLong(there) || wanted.equals(there) ? Optional.empty() : Optional.of(wanted);
    }
}
