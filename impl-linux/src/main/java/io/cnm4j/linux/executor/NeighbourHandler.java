package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.rtnetlink.NeighbourMessages;
import io.cnm4j.linux.rtnetlink.NeighbourState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NeighbourOp.AddForwarding;
import io.cnm4j.spi.plan.NeighbourOp.AddNeighbour;
import io.cnm4j.spi.plan.NeighbourOp.AddTunnelPeer;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** Permanent neighbours, and static forwarding entries of bridges and tunnels. */
final class NeighbourHandler implements Handler<KernelOp> {

    /** Tells whether this handler makes the operation. */
    static boolean isOne(KernelOp op) {
        return op instanceof AddNeighbour || op instanceof AddForwarding || op instanceof AddTunnelPeer;
    }

    /** Tells whether two operations may leave in one send. */
    static boolean together(KernelOp one, KernelOp next) {
        return isOne(one) && isOne(next) && one.namespace().equals(next.namespace());
    }

    @Override
    public boolean make(KernelOp op, Site site) {
        makeAll(List.of(op), site);
        return true;
    }

    /** Makes all of these, which are of one namespace. The first refusal is thrown; others may have been done after it. */
    void makeAll(List<KernelOp> ops, Site site) {
        var links = new HashMap<String, Integer>();
        for (KernelOp op : ops) {
            links.computeIfAbsent(link(op), name -> NumberingHandler.index(op, name, site));
        }
        MessageBuilder messages = site.messages();
        ops.forEach(op -> add(messages, op, links.getOrDefault(link(op), 0)));
        List<Reply> replies = site.change(ops.get(0).namespace(), ops.get(0));
        for (int i = 0; i < ops.size(); i++) {
            Refusal.check(replies.get(i), ops.get(i));
        }
    }

    private static void add(MessageBuilder messages, KernelOp op, int link) {
        if (op instanceof AddNeighbour neighbour) {
            NeighbourMessages.add(messages, link, neighbour.address(), neighbour.mac());
        } else if (op instanceof AddTunnelPeer peer) {
            NeighbourMessages.add(messages, link, peer.mac(), peer.host());
        } else {
            NeighbourMessages.add(messages, link, ((AddForwarding) op).mac());
        }
    }

    private static String link(KernelOp op) {
        if (op instanceof AddNeighbour neighbour) {
            return neighbour.link();
        }
        return op instanceof AddTunnelPeer peer ? peer.link() : ((AddForwarding) op).port();
    }

    @Override
    public void unmake(KernelOp op, Site site) {
        site.link(op.namespace(), link(op)).ifPresent(link -> {
            if (op instanceof AddNeighbour neighbour) {
                NeighbourMessages.delete(site.messages(), link.index(), neighbour.address());
            } else if (op instanceof AddTunnelPeer peer) {
                NeighbourMessages.delete(site.messages(), link.index(), peer.mac(), peer.host());
            } else {
                NeighbourMessages.delete(site.messages(), link.index(), ((AddForwarding) op).mac());
            }
            Refusal.checkGone(site.change(op.namespace(), op), op);
        });
    }

    @Override
    public Optional<Difference> check(KernelOp op, Site site) {
        Optional<LinkState> there = site.link(op.namespace(), link(op));
        if (there.isEmpty()) {
            return missing(op, "there is no link '" + link(op) + "' in namespace " + op.namespace());
        }
        LinkState link = there.orElseThrow();
        Optional<NeighbourState> found = found(op, link, site);
        if (found.isEmpty()) {
            return missing(op, "not found: " + op.render().get(0));
        }
        Optional<MacAddress> mac = found.flatMap(NeighbourState::mac);
        return isSame(op, found.orElseThrow(), link)
                ? Optional.empty()
                : different(
                        op,
                        "found " + mac.map(Object::toString).orElse("none")
                                + found.flatMap(NeighbourState::address)
                                        .map(a -> " at " + a)
                                        .orElse("")
                                + " behind link " + found.orElseThrow().link() + ", not: "
                                + op.render().get(0));
    }

    private static Optional<NeighbourState> found(KernelOp op, LinkState link, Site site) {
        if (op instanceof AddNeighbour neighbour) {
            return site.neighbours(op.namespace(), link.index()).stream()
                    .filter(state -> state.isPermanent() && state.address().equals(Optional.of(neighbour.address())))
                    .findFirst();
        } else if (op instanceof AddTunnelPeer peer) {
            return site.tunnelPeers(op.namespace(), link.index()).stream()
                    .filter(state -> state.mac().equals(Optional.of(peer.mac())))
                    .filter(state -> !peer.mac().equals(MacAddress.NONE) || isSame(op, state, link))
                    .findFirst();
        }
        return site.queries(op.namespace()).forwarding(link.master()).stream()
                .filter(state -> state.isStatic() && state.mac().equals(Optional.of(((AddForwarding) op).mac())))
                .findFirst();
    }

    private static boolean isSame(KernelOp op, NeighbourState found, LinkState link) {
        if (op instanceof AddNeighbour neighbour) {
            return found.mac().equals(Optional.of(neighbour.mac()));
        } else if (op instanceof AddTunnelPeer peer) {
            return found.address().equals(Optional.of(peer.host()));
        }
        return found.link() == link.index() && found.isSticky();
    }

    @Override
    public void mend(KernelOp op, Site site) {
        make(op, site);
    }
}
