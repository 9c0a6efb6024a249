package io.cnm4j.linux.executor;

import io.cnm4j.spi.plan.FileOp.WriteFile;
import io.cnm4j.spi.plan.OwnedText;
import java.util.Optional;

/** Files of ours. */
final class FileHandler extends TextHandler<WriteFile> {
    @Override
    String first(WriteFile op) {
        return op.content();
    }

    @Override
    Optional<String> change(WriteFile op, String there) {
        boolean left = isTooLong(there) && op.edits() != OwnedText.Edits.UNDONE;
        return left ? Optional.empty() : OwnedText.change(there, op.content(), op.edits());
    }
}
