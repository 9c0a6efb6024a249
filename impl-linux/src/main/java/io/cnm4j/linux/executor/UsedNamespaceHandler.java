package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.UseNamespace;
import java.util.Optional;

/** Namespaces of somebody else: only looked at. */
final class UsedNamespaceHandler implements Handler<UseNamespace> {

    @Override
    public boolean make(UseNamespace op, Site site) {
        check(op, site).ifPresent(difference -> {
            throw new NotFoundException(difference.detail() + "; make it first, or leave it to cnm4j to make one");
        });
        return false;
    }

    @Override
    public void unmake(UseNamespace op, Site site) {
        // it is not ours
    }

    @Override
    public Optional<Difference> check(UseNamespace op, Site site) {
        return Namespaces.exists(op.namespace())
                ? Optional.empty()
                : missing(op, "there is no network namespace at " + op.namespace());
    }

    @Override
    public void mend(UseNamespace op, Site site) {
        make(op, site);
    }
}
