package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Namespaces of ours. */
final class NamespaceHandler implements Handler<MakeNamespace> {

    @Override
    public boolean make(MakeNamespace op, Site site) {
        Namespaces.create(op.namespace(), op.sysctls(), site.tap());
        return true;
    }

    @Override
    public void unmake(MakeNamespace op, Site site) {
        Namespaces.delete(op.namespace(), site.tap());
    }

    @Override
    public Optional<Difference> check(MakeNamespace op, Site site) {
        if (Namespaces.exists(op.namespace())) {
            return Optional.empty();
        }
        return Files.exists(Path.of(op.namespace().path()), LinkOption.NOFOLLOW_LINKS)
                ? different(op, op.namespace() + " holds no network namespace any more")
                : missing(op, "there is no network namespace at " + op.namespace());
    }

    @Override
    public void mend(MakeNamespace op, Site site) {
        unmake(op, site);
        make(op, site);
    }
}
