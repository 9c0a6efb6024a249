package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.netns.OwnedFiles;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.FileOp;
import java.util.Optional;

/**
 * Text files of ours, which others may edit.
 *
 * @param <O> how they are made
 */
abstract class TextHandler<O extends FileOp> implements Handler<O> {
    /** Returns what a new file holds. */
    abstract String first(O op);

    /** Returns what the file should hold, if that is not what it holds. */
    abstract Optional<String> change(O op, String there);

    /** Tells whether a file is so long that it may have been read in part: whoever has it mounted may have made it so. */
    static boolean isTooLong(String there) {
        return there.length() > OwnedFiles.LONGEST;
    }

    @Override
    public final boolean make(O op, Site site) {
        ensure(op, site);
        return true;
    }

    @Override
    public final boolean ensure(O op, Site site) {
        Optional<String> there = OwnedFiles.read(op.path());
        Optional<String> content = there.isPresent() ? change(op, there.orElseThrow()) : Optional.of(first(op));
        content.ifPresent(text -> OwnedFiles.write(op.path(), text, there, site.tap()));
        return content.isPresent();
    }

    @Override
    public final void unmake(O op, Site site) {
        OwnedFiles.delete(op.path(), site.tap());
    }

    @Override
    public final Optional<Difference> check(O op, Site site) {
        Optional<String> content = OwnedFiles.read(op.path());
        if (content.isEmpty()) {
            return missing(op, "there is no file " + op.path());
        }
        return change(op, content.orElseThrow()).isEmpty()
                ? Optional.empty()
                : different(op, "file " + op.path() + " holds something else");
    }

    @Override
    public final void mend(O op, Site site) {
        ensure(op, site);
    }
}
