package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.HoldNamespace;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Optional;

/** Namespaces that somebody else made and that are kept by a file of ours. */
final class HeldNamespaceHandler implements Handler<HoldNamespace> {

    @Override
    public boolean make(HoldNamespace op, Site site) {
        Namespaces.hold(op.namespace(), NamespaceRef.at(op.source()), op.identity(), site.tap());
        return true;
    }

    @Override
    public void unmake(HoldNamespace op, Site site) {
        Namespaces.delete(op.namespace(), site.tap());
    }

    @Override
    public Optional<Difference> check(HoldNamespace op, Site site) {
        if (!Namespaces.exists(op.namespace())) {
            return missing(op, "there is no network namespace at " + op.namespace());
        }
        String found = Namespaces.identity(op.namespace());
        return found.equals(op.identity())
                ? Optional.empty()
                : different(op, op.namespace() + " is " + found + ", not " + op.identity());
    }

    @Override
    public void mend(HoldNamespace op, Site site) {
        unmake(op, site);
        make(op, site);
    }
}
