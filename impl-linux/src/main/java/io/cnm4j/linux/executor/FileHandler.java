package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.netns.OwnedFiles;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.WriteFile;
import io.cnm4j.spi.plan.OwnedText;
import java.util.Optional;

/** Files of ours. */
final class FileHandler implements Handler<WriteFile> {

    @Override
    public boolean make(WriteFile op, Site site) {
        ensure(op, site);
        return true;
    }

    @Override
    public boolean ensure(WriteFile op, Site site) {
        Optional<String> there = OwnedFiles.read(op.path());
        Optional<String> content = there.isPresent() ? change(op, there.orElseThrow()) : Optional.of(op.content());
        content.ifPresent(text -> OwnedFiles.write(op.path(), text, there, site.tap()));
        return content.isPresent();
    }

    private static Optional<String> change(WriteFile op, String there) {
        return OwnedText.change(there, op.content(), op.edits());
    }

    @Override
    public void unmake(WriteFile op, Site site) {
        OwnedFiles.delete(op.path(), site.tap());
    }

    @Override
    public Optional<Difference> check(WriteFile op, Site site) {
        Optional<String> content = OwnedFiles.read(op.path());
        if (content.isEmpty()) {
            return missing(op, "there is no file " + op.path());
        }
        return change(op, content.orElseThrow()).isEmpty()
                ? Optional.empty()
                : different(op, "file " + op.path() + " holds something else");
    }

    @Override
    public void mend(WriteFile op, Site site) {
        ensure(op, site);
    }
}
