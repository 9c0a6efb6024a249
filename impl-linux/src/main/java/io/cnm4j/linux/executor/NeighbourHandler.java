package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.rtnetlink.NeighbourMessages;
import io.cnm4j.linux.rtnetlink.NeighbourState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddForwarding;
import io.cnm4j.spi.plan.KernelOp.AddNeighbour;
import java.util.Optional;

/** Permanent neighbours, and static forwarding entries of bridges. */
final class NeighbourHandler implements Handler<KernelOp> {

    @Override
    public boolean make(KernelOp op, Site site) {
        int link = NumberingHandler.index(op, link(op), site);
        if (op instanceof AddNeighbour neighbour) {
            NeighbourMessages.add(site.messages(), link, neighbour.address(), neighbour.mac());
        } else {
            NeighbourMessages.add(site.messages(), link, ((AddForwarding) op).mac());
        }
        Refusal.check(site.change(op.namespace(), op), op);
        return true;
    }

    private static String link(KernelOp op) {
        return op instanceof AddNeighbour neighbour ? neighbour.link() : ((AddForwarding) op).port();
    }

    @Override
    public void unmake(KernelOp op, Site site) {
        site.link(op.namespace(), link(op)).ifPresent(link -> {
            if (op instanceof AddNeighbour neighbour) {
                NeighbourMessages.delete(site.messages(), link.index(), neighbour.address());
            } else {
                NeighbourMessages.delete(site.messages(), link.index(), ((AddForwarding) op).mac());
            }
            Refusal.checkGone(site.change(op.namespace(), op), op);
        });
    }

    @Override
    public Optional<Difference> check(KernelOp op, Site site) {
        Optional<LinkState> link = site.link(op.namespace(), link(op));
        if (link.isEmpty()) {
            return missing(op, "there is no link '" + link(op) + "' in namespace " + op.namespace());
        }
        Optional<NeighbourState> found = op instanceof AddNeighbour neighbour
                ? site.queries(op.namespace()).neighbours(link.orElseThrow().index()).stream()
                        .filter(state ->
                                state.isPermanent() && state.address().equals(Optional.of(neighbour.address())))
                        .findFirst()
                : site.queries(op.namespace()).forwarding(link.orElseThrow().master()).stream()
                        .filter(state ->
                                state.isStatic() && state.mac().equals(Optional.of(((AddForwarding) op).mac())))
                        .findFirst();
        if (found.isEmpty()) {
            return missing(op, "not found: " + op.render().get(0));
        }
        boolean same = op instanceof AddNeighbour neighbour
                ? found.flatMap(NeighbourState::mac).equals(Optional.of(neighbour.mac()))
                : found.orElseThrow().link() == link.orElseThrow().index();
        Optional<MacAddress> mac = found.flatMap(NeighbourState::mac);
        return same
                ? Optional.empty()
                : different(
                        op,
                        "found " + mac.map(Object::toString).orElse("none") + " behind link "
                                + found.orElseThrow().link() + ", not: "
                                + op.render().get(0));
    }

    @Override
    public void mend(KernelOp op, Site site) {
        make(op, site);
    }
}
