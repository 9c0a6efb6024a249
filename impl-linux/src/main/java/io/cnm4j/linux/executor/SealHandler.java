package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp.SealPort;
import java.util.Optional;

/** Ports whose packets the kernel encrypts. What there is stays when this process ends, but nothing comes in until the next one. */
final class SealHandler implements Handler<SealPort> {

    @Override
    public boolean make(SealPort op, Site site) {
        ((CountingTap) site.tap()).around(op, () -> {
            site.sealed().seal(op);
            return op;
        });
        return true;
    }

    @Override
    public void unmake(SealPort op, Site site) {
        ((CountingTap) site.tap()).around(op, () -> {
            site.sealed().unseal(op);
            return op;
        });
    }

    @Override
    public Optional<Difference> check(SealPort op, Site site) {
        Optional<String> fault = site.sealed().fault(op);
        if (fault.isEmpty()) {
            return missing(op, "nothing encrypts what goes from " + op.local() + " to UDP port " + op.inner());
        }
        return fault.filter(text -> !text.isEmpty()).flatMap(text -> different(op, text));
    }

    @Override
    public void mend(SealPort op, Site site) {
        make(op, site);
    }
}
