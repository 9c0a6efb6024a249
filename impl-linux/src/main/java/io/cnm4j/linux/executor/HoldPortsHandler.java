package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.FirewallOp.HoldPorts;
import io.cnm4j.spi.plan.HeldPorts;
import java.util.List;
import java.util.Optional;

/** Ports of the host, held by sockets of this process: nothing of it is left when the process ends. */
final class HoldPortsHandler implements Handler<HoldPorts> {

    @Override
    public boolean make(HoldPorts op, Site site) {
        int done = 0;
        try {
            for (HeldPorts ports : op.ports()) {
                site.ports().hold(ports);
                done++;
            }
            return true;
        } catch (RuntimeException refused) {
            op.ports().subList(0, done).forEach(site.ports()::release);
            throw refused;
        }
    }

    @Override
    public void unmake(HoldPorts op, Site site) {
        op.ports().forEach(site.ports()::release);
    }

    @Override
    public Optional<Difference> check(HoldPorts op, Site site) {
        List<HeldPorts> lost =
                op.ports().stream().filter(ports -> !site.ports().holds(ports)).toList();
        return lost.isEmpty() ? Optional.empty() : missing(op, "this process does not hold " + lost);
    }

    @Override
    public void mend(HoldPorts op, Site site) {
        make(op, site);
    }
}
