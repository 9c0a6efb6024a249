package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.different;
import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.rtnetlink.AddressMessages;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddAddress;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.KernelOp.Announce;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** Addresses and routes: neighbours in a plan leave in one send. */
final class NumberingHandler implements Handler<KernelOp> {

    /** Tells whether two operations may leave in one send. */
    static boolean together(KernelOp one, KernelOp next) {
        return isOne(one) && isOne(next) && one.namespace().equals(next.namespace());
    }

    private static boolean isOne(KernelOp op) {
        return op instanceof AddAddress || op instanceof AddRoute || op instanceof Announce;
    }

    @Override
    public boolean make(KernelOp op, Site site) {
        makeAll(List.of(op), site);
        return true;
    }

    /** Makes all of these, which are of one namespace. The first refusal is thrown; others may have been done after it. */
    void makeAll(List<KernelOp> ops, Site site) {
        NamespaceRef namespace = ops.get(0).namespace();
        var links = new HashMap<String, Integer>();
        int[] link = new int[ops.size()];
        for (int i = 0; i < link.length; i++) {
            KernelOp op = ops.get(i);
            link[i] = links.computeIfAbsent(link(op), name -> index(op, name, site));
        }
        MessageBuilder messages = site.messages();
        for (int i = 0; i < link.length; i++) {
            if (ops.get(i) instanceof AddAddress address) {
                AddressMessages.add(messages, link[i], address.address());
            } else if (ops.get(i) instanceof Announce announce) {
                LinkMessages.mac(messages, link[i], announce.mac());
            } else {
                AddressMessages.add(messages, link[i], route(ops.get(i)), origin(ops.get(i)));
            }
        }
        List<Reply> replies = site.change(namespace, ops.get(0));
        for (int i = 0; i < ops.size(); i++) {
            Refusal.check(replies.get(i), ops.get(i));
        }
    }

    static int index(KernelOp op, String name, Site site) {
        int index = site.index(op.namespace(), name);
        if (index == 0) {
            throw new KernelException(
                    op.render().get(0),
                    Errno.ENODEV,
                    Errno.name(Errno.ENODEV),
                    "",
                    "there is no link '" + name + "' in namespace " + op.namespace() + "; make it first");
        }
        return index;
    }

    private static String link(KernelOp op) {
        if (op instanceof Announce announce) {
            return announce.link();
        }
        return op instanceof AddAddress address ? address.link() : route(op).link();
    }

    private static RouteSpec route(KernelOp op) {
        return ((AddRoute) op).route();
    }

    private static int origin(KernelOp op) {
        return op.namespace().isHost() ? AddRoute.PROTOCOL : AddressMessages.BY_HAND;
    }

    @Override
    public void unmake(KernelOp op, Site site) {
        if (op instanceof Announce) {
            return; // it was said
        }
        site.link(op.namespace(), link(op)).ifPresent(link -> {
            if (op instanceof AddAddress address) {
                AddressMessages.delete(site.messages(), link.index(), address.address());
            } else {
                AddressMessages.delete(site.messages(), link.index(), route(op), origin(op));
            }
            Refusal.checkGone(site.change(op.namespace(), op), op);
        });
    }

    @Override
    public Optional<Difference> check(KernelOp op, Site site) {
        if (op instanceof Announce) {
            return Optional.empty();
        }
        int index = site.exists(op.namespace()) ? site.index(op.namespace(), link(op)) : 0;
        if (index == 0) {
            return missing(op, "there is no link '" + link(op) + "' in namespace " + op.namespace());
        }
        boolean there = op instanceof AddAddress address ? has(address, index, site) : has((AddRoute) op, index, site);
        if (!there && op instanceof AddRoute route && isElsewhere(route, site)) {
            return different(
                    op,
                    "another route goes to the same place instead of: "
                            + op.render().get(0));
        } else if (!there) {
            return missing(op, "not found: " + op.render().get(0));
        }
        return op instanceof AddAddress address && !isConnected(address, index, site)
                ? different(
                        op,
                        "address " + address.address() + " lacks the route to its subnet through '" + link(op) + "'")
                : Optional.empty();
    }

    private static boolean has(AddAddress op, int link, Site site) {
        return site.addresses(op.namespace(), link).stream()
                .anyMatch(address -> address.address().equals(op.address()));
    }

    private static boolean has(AddRoute op, int link, Site site) {
        RouteSpec wanted = op.route();
        return site.routes(op.namespace(), wanted.destination().family(), link).stream()
                .anyMatch(route -> route.destination().equals(wanted.destination())
                        && route.gateway().equals(wanted.gateway()));
    }

    /** Tells whether a sandbox has another route there, as one of ours that its owner did not live to record. */
    private static boolean isElsewhere(AddRoute op, Site site) {
        IpPrefix destination = op.route().destination();
        return !op.namespace().isHost()
                && !op.route().beside()
                && site.queries(op.namespace()).routes(destination.family(), 0).stream()
                        .anyMatch(route -> route.destination().equals(destination));
    }

    /** Tells whether the kernel's own route for an address is there. */
    private static boolean isConnected(AddAddress op, int link, Site site) {
        IpPrefix address = op.address();
        return address.length() == address.family().bits()
                || site.routes(op.namespace(), address.family(), link).stream()
                        .anyMatch(
                                route -> route.kernels() && route.destination().equals(address.subnet()));
    }

    /** Brings back the route that an address has lost, or puts a route in the place of another one. */
    @Override
    public void mend(KernelOp op, Site site) {
        int link = index(op, link(op), site);
        if (op instanceof AddAddress address) {
            AddressMessages.addConnected(site.messages(), link, address.address());
        } else {
            AddressMessages.replace(site.messages(), link, route(op), origin(op));
        }
        Refusal.check(site.change(op.namespace(), op), op);
    }
}
