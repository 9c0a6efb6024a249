package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.foreign;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.LinkSpec.BridgePort;
import io.cnm4j.spi.plan.LinkSpec.Peer;
import io.cnm4j.spi.plan.LinkSpec.Veth;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Links: born with their attributes, then marked, then the far end raised; then packets pass. */
final class LinkHandler implements Handler<AddLink> {

    @Override
    public boolean make(AddLink op, Site site) {
        if (op.link() instanceof LinkSpec.Tap tap) {
            if (site.index(op.namespace(), tap.name()) != 0) {
                throw taken(op, site);
            }
            TapBirth.make(op, tap, site);
            return true;
        }
        int link = born(op, site);
        MessageBuilder messages = site.messages();
        LinkMessages.alias(messages, link, op.link().mark());
        if (op.link() instanceof LinkSpec.Bridge bridge) {
            set(messages, link, bridge.mtu(), Optional.empty());
        }
        port(op.link()).filter(LinkHandler::hasFlags).ifPresent(port -> LinkMessages.port(messages, link, port));
        Refusal.check(site.change(op.namespace(), op), op);
        if (op.link() instanceof Veth veth) {
            raise(op, veth.peer(), site);
        }
        return true;
    }

    /** Makes the link; returns its index. */
    private int born(AddLink op, Site site) {
        List<Reply> replies = ask(op, site);
        if (replies.get(0).errno() == Errno.EEXIST && isGoing(op, site)) {
            unmake(op, site);
            replies = ask(op, site);
        }
        if (replies.get(0).errno() == Errno.EEXIST) {
            throw taken(op, site);
        }
        if (replies.get(0).errno() == Errno.EXFULL) {
            throw full(op);
        }
        Refusal.check(replies, op);
        return index(op, op.namespace(), op.link().name(), site);
    }

    private static List<Reply> ask(AddLink op, Site site) {
        if (op.link() instanceof LinkSpec.Child child) {
            int parent = index(op, NamespaceRef.HOST, child.parent(), site);
            LinkMessages.make(site.messages(), child, parent, site.descriptor(op.namespace()));
            return site.change(NamespaceRef.HOST, op);
        } else if (op.link() instanceof Veth veth) {
            int master = veth.port()
                    .map(port -> index(op, op.namespace(), port.bridge(), site))
                    .orElse(0);
            LinkMessages.make(
                    site.messages(), veth, master, site.descriptor(veth.peer().namespace()));
        } else if (op.link() instanceof LinkSpec.Vxlan vxlan) {
            int master = index(op, op.namespace(), vxlan.bridge(), site);
            return VxlanBirth.make(op, vxlan, master, site);
        } else {
            LinkMessages.make(site.messages(), op.link());
        }
        return site.change(op.namespace(), op);
    }

    /** Tells whether the pair that was in the way is one of this name that is leaving, or has left in this moment. */
    private static boolean isGoing(AddLink op, Site site) {
        return op.link() instanceof Veth
                && site.link(op.namespace(), op.link().name())
                        .map(link -> link.facts()
                                .alias()
                                .equals(Mark.leaving(op.link().mark())))
                        .orElse(true);
    }

    private static int index(AddLink op, NamespaceRef namespace, String name, Site site) {
        int index = site.index(namespace, name);
        if (index == 0) {
            throw vanished(op, name);
        }
        return index;
    }

    private static ConflictException taken(AddLink op, Site site) {
        String name = op.link().name();
        Optional<LinkState> there = site.link(op.namespace(), name);
        if (there.isEmpty() && op.link() instanceof Veth veth) {
            name = veth.peer().name();
            there = site.link(veth.peer().namespace(), name);
        }
        return new ConflictException("link '" + name + "' exists already"
                + there.map(l -> ", of kind '" + l.facts().kind() + "' and with alias '"
                                + l.facts().alias() + "'")
                        .orElse("")
                + "; remove it or choose another name");
    }

    private static ExhaustedException full(AddLink op) {
        return new ExhaustedException("bridge '"
                + port(op.link()).map(BridgePort::bridge).orElse("") + "' has no room for link '"
                + op.link().name()
                + "': it has 1,023 ports, the most a bridge can have; use another network");
    }

    private static ConflictException vanished(AddLink op, String name) {
        return new ConflictException(
                "link '" + name + "' is gone while '" + op.render().get(0)
                        + "' needs it; see what else removes links in namespace " + op.namespace() + " and try again");
    }

    private static void raise(AddLink op, Peer peer, Site site) {
        int index = index(op, peer.namespace(), peer.name(), site);
        LinkMessages.up(site.messages(), index);
        Refusal.check(site.change(peer.namespace(), op), op);
        awaitCarrier(op, site);
    }

    /**
     * This end learns from a work queue that the far end is up, and drops what it is given until then. A question about it makes it
     * learn at once: linkwatch_sync_dev in rtnl_getlink of net/core/rtnetlink.c, Linux 6.8 and later.
     */
    private static void awaitCarrier(AddLink op, Site site) {
        MessageBuilder questions = site.messages();
        LinkMessages.get(questions, op.link().name());
        port(op.link()).ifPresent(port -> LinkMessages.get(questions, port.bridge())); // whose first port it may be
        site.ask(op.namespace());
    }

    private static Optional<BridgePort> port(LinkSpec link) {
        if (link instanceof LinkSpec.Vxlan vxlan) {
            return Optional.of(new BridgePort(vxlan.bridge(), false, false));
        } else if (link instanceof LinkSpec.Tap tap) {
            return Optional.of(new BridgePort(tap.bridge(), false, false));
        }
        return link instanceof Veth veth ? veth.port() : Optional.empty();
    }

    private static boolean hasFlags(BridgePort port) {
        return port.hairpin() || port.isolated();
    }

    @Override
    public void unmake(AddLink op, Site site) {
        site.link(op.namespace(), op.link().name())
                .filter(link -> link.isFor(op.link()))
                .ifPresent(link -> {
                    LinkMessages.delete(site.messages(), link.index());
                    Refusal.checkGone(site.change(op.namespace(), op), op);
                });
    }

    @Override
    public Optional<Difference> check(AddLink op, Site site) {
        Optional<LinkState> there = site.link(op.namespace(), op.link().name());
        if (there.isEmpty()) {
            return missing(op, "there is no link '" + op.link().name() + "' in namespace " + op.namespace());
        }
        LinkState link = there.orElseThrow();
        if (!link.isFor(op.link())) {
            return foreign(
                    op,
                    "link '" + op.link().name() + "' in namespace " + op.namespace() + " carries '"
                            + link.facts().alias() + "', not '" + op.link().mark() + "'");
        }
        List<String> wrong = wrong(op, link, site);
        return wrong.isEmpty()
                ? Optional.empty()
                : different(op, "link '" + op.link().name() + "': " + String.join(", ", wrong));
    }

    private static List<String> wrong(AddLink op, LinkState link, Site site) {
        LinkSpec spec = op.link();
        var wrong = new ArrayList<String>();
        expect(wrong, "kind", spec.kind(), link.facts().kind());
        expect(wrong, "alias", spec.mark(), link.facts().alias());
        expect(wrong, "up", true, link.facts().up());
        if (spec.mtu() != 0) {
            expect(wrong, "mtu", spec.mtu(), link.facts().mtu());
        }
        if (spec.mac().isPresent()) {
            expect(wrong, "address", spec.mac(), link.facts().mac());
        }
        port(spec).ifPresent(port -> {
            expect(wrong, "master " + port.bridge(), site.index(op.namespace(), port.bridge()), link.master());
            expect(wrong, "hairpin", port.hairpin(), link.hairpin());
            expect(wrong, "isolated", port.isolated(), link.isolated());
        });
        if (spec instanceof LinkSpec.Child child) {
            if (!isOn(child, link, site)) {
                wrong.add("its parent is not '" + child.parent() + "'");
            }
            expect(wrong, "mode", LinkState.traits(child), link.traits());
        }
        if (spec instanceof Veth veth) {
            checkPeer(veth, site.link(veth.peer().namespace(), veth.peer().name()), wrong);
        }
        return wrong;
    }

    private static void checkPeer(Veth veth, Optional<LinkState> there, List<String> wrong) {
        Peer peer = veth.peer();
        if (there.isEmpty()) {
            wrong.add("its peer '" + peer.name() + "' is not in namespace " + peer.namespace());
            return;
        }
        LinkState link = there.orElseThrow();
        expect(wrong, "peer up", true, link.facts().up());
        if (veth.mtu() != 0) {
            expect(wrong, "peer mtu", veth.mtu(), link.facts().mtu());
        }
        if (peer.mac().isPresent()) {
            expect(wrong, "peer address", peer.mac(), link.facts().mac());
        }
    }

    private static void expect(List<String> wrong, String what, Object wanted, Object found) {
        if (!wanted.equals(found)) {
            wrong.add(what + " is " + text(found) + ", not " + text(wanted));
        }
    }

    private static Object text(Object value) {
        return value instanceof Optional<?> optional
                ? optional.map(Object::toString).orElse("none")
                : value;
    }

    @Override
    public void mend(AddLink op, Site site) {
        LinkState link = site.link(op.namespace(), op.link().name())
                .orElseThrow(() -> vanished(op, op.link().name()));
        if (!isSound(op, link, site)) {
            unmake(op, site);
            make(op, site);
            return;
        }
        int master = port(op.link())
                .map(port -> index(op, op.namespace(), port.bridge(), site))
                .orElse(0);
        MessageBuilder messages = site.messages();
        set(messages, link.index(), op.link().mtu(), op.link().mac());
        LinkMessages.alias(messages, link.index(), op.link().mark());
        if (master != 0) {
            LinkMessages.master(messages, link.index(), master);
        }
        port(op.link()).ifPresent(port -> LinkMessages.port(messages, link.index(), port));
        LinkMessages.up(messages, link.index());
        Refusal.check(site.change(op.namespace(), op), op);
        if (op.link() instanceof Veth veth) {
            mendPeer(op, veth, site);
        }
    }

    /** Tells whether what is wrong with the link can be set right in place. */
    private static boolean isSound(AddLink op, LinkState link, Site site) {
        if (!link.facts().kind().equals(op.link().kind())) {
            return false;
        } else if (op.link() instanceof Veth veth) {
            return site.link(veth.peer().namespace(), veth.peer().name()).isPresent();
        } else if (op.link() instanceof LinkSpec.Child child) {
            return link.traits() == LinkState.traits(child) && isOn(child, link, site);
        }
        return true;
    }

    /** Tells whether the link stands on its parent. Before Linux 5.0 it says nothing if both have one number in their namespaces. */
    private static boolean isOn(LinkSpec.Child child, LinkState link, Site site) {
        return link.parent() == 0 || link.parent() == site.index(NamespaceRef.HOST, child.parent());
    }

    private static void mendPeer(AddLink op, Veth veth, Site site) {
        Peer peer = veth.peer();
        int index = index(op, peer.namespace(), peer.name(), site);
        MessageBuilder messages = site.messages();
        set(messages, index, veth.mtu(), peer.mac());
        LinkMessages.up(messages, index);
        Refusal.check(site.change(peer.namespace(), op), op);
    }

    private static void set(MessageBuilder messages, int index, int mtu, Optional<io.cnm4j.api.model.MacAddress> mac) {
        if (mtu != 0) {
            LinkMessages.mtu(messages, index, mtu);
        }
        mac.ifPresent(address -> LinkMessages.mac(messages, index, address));
    }
}
