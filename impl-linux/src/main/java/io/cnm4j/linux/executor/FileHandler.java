package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.netns.OwnedFiles;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.WriteFile;
import java.util.Optional;

/** Files of ours. */
final class FileHandler implements Handler<WriteFile> {

    @Override
    public boolean make(WriteFile op, Site site) {
        OwnedFiles.write(op.path(), op.content(), site.tap());
        return true;
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
        return content.filter(op.content()::equals).isPresent()
                ? Optional.empty()
                : different(op, "file " + op.path() + " holds something else");
    }

    @Override
    public void mend(WriteFile op, Site site) {
        make(op, site);
    }
}
