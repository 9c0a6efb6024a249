package io.cnm4j.linux.executor;

import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.plan.FirewallOp.AddElements;
import io.cnm4j.spi.plan.FirewallOp.AddTable;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddAddress;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.LinkOp.MoveLink;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.LinkSpec.Veth;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp.AddForwarding;
import io.cnm4j.spi.plan.NeighbourOp.AddNeighbour;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The walk backwards: each thing absent, newest first, all of them even if some cannot be. What goes with a namespace, a link or
 * a table that the plan removes is not removed by itself. A pair with one end in a namespace that goes is cut off from its bridge at
 * once and goes when the kernel cleans up behind the namespace: that costs the caller nothing, deleting a link would cost tens of
 * milliseconds.
 */
final class Removing {
    private final Site site;
    private final Set<NamespaceRef> namespaces = new HashSet<>();
    private final Set<String> links = new HashSet<>();
    private final Set<String> tables = new HashSet<>();
    private @Nullable Throwable failure;
    private boolean guarded; // a kernel parameter could not be given back
    private int count;

    Removing(Site site) {
        this.site = site;
    }

    Receipt run(Plan plan) {
        plan.ops().forEach(this::note);
        var along = new ArrayList<KernelOp>();
        var rest = new ArrayList<KernelOp>();
        for (int i = plan.ops().size() - 1; i >= 0; i--) {
            KernelOp op = plan.ops().get(i);
            (goesAlong(op) ? along : rest).add(op);
        }
        along.forEach(
                op -> attempt(() -> Handlers.of(op).letGo(op, site))); // first: servers end while the kernel is busy
        attempt(() -> cutOff(plan.ops().stream().filter(this::bornInside).toList()));
        rest.forEach(this::unmake);
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        return new Receipt(count, site.writes());
    }

    private void unmake(KernelOp op) {
        if (!guards(op)) {
            boolean gone = attempt(() -> Handlers.of(op).unmake(op, site));
            guarded |= !gone && op instanceof SetSysctl;
        }
    }

    private void note(KernelOp op) {
        if (op instanceof MakeNamespace) {
            namespaces.add(op.namespace());
        } else if (op instanceof AddTable table) {
            tables.add(table.table().name());
        } else if (op instanceof MoveLink link) {
            links.add(key(link.target(), link.name()));
        } else if (op instanceof AddLink link) {
            links.add(key(op.namespace(), link.link().name()));
            if (link.link() instanceof Veth veth) {
                links.add(key(veth.peer().namespace(), veth.peer().name()));
            }
        }
    }

    private static String key(NamespaceRef namespace, String link) {
        return namespace + " " + link;
    }

    private boolean goesAlong(KernelOp op) {
        if (op instanceof MakeNamespace) {
            return false;
        } else if (op instanceof AddElements elements) {
            return tables.contains(elements.table());
        } else if (op instanceof AddAddress address) {
            return namespaces.contains(op.namespace()) || links.contains(key(op.namespace(), address.link()));
        } else if (op instanceof AddNeighbour neighbour) {
            return namespaces.contains(op.namespace()) || links.contains(key(op.namespace(), neighbour.link()));
        } else if (op instanceof AddForwarding forwarding) {
            return namespaces.contains(op.namespace()) || links.contains(key(op.namespace(), forwarding.port()));
        } else if (op instanceof AddRoute route) {
            return namespaces.contains(op.namespace())
                    || links.contains(key(op.namespace(), route.route().link()));
        }
        return !holdsElsewhere(op) && (namespaces.contains(op.namespace()) || bornInside(op));
    }

    /**
     * Tells whether what the link has elsewhere must be free when the call returns: the parent itself, an address, a tunnel's number, the name
     * of a far end in a namespace that stays.
     */
    private boolean holdsElsewhere(KernelOp op) {
        return op instanceof AddLink link
                && (link.link() instanceof LinkSpec.Child
                        || link.link() instanceof LinkSpec.Vxlan
                        || (link.link() instanceof Veth veth
                                && !namespaces.contains(veth.peer().namespace())));
    }

    /** Tells whether the operation is a firewall that stays because what it guards could not be turned off. */
    private boolean guards(KernelOp op) {
        return guarded && (op instanceof AddTable || op instanceof AddElements);
    }

    private boolean bornInside(KernelOp op) {
        return op instanceof AddLink link
                && link.link() instanceof Veth veth
                && namespaces.contains(veth.peer().namespace());
    }

    /** Ends what these links pass on, by one message each. */
    private void cutOff(List<KernelOp> ops) {
        ops.stream()
                .map(KernelOp::namespace)
                .distinct()
                .forEach(namespace -> cutOff(
                        namespace,
                        ops.stream()
                                .filter(op -> op.namespace().equals(namespace))
                                .toList()));
    }

    private void cutOff(NamespaceRef namespace, List<KernelOp> ops) {
        var links = new ArrayList<LinkState>();
        for (KernelOp op : ops) {
            AddLink link = (AddLink) op;
            site.link(op.namespace(), link.link().name())
                    .filter(state -> state.isFor(link.link()) && state.master() != 0)
                    .ifPresent(links::add);
        }
        if (links.isEmpty()) {
            return;
        }
        MessageBuilder messages = site.messages();
        String leaving = Mark.leaving(((AddLink) ops.get(0)).link().mark());
        for (LinkState link : links) {
            LinkMessages.cutOff(messages, link.index());
            LinkMessages.alias(messages, link.index(), leaving);
        }
        List<Reply> replies = site.change(namespace, ops.get(0));
        Refusal.checkGone(replies, ops.get(0));
    }

    private boolean attempt(Runnable step) {
        try {
            step.run();
            count++;
            return true;
        } catch (RuntimeException | Error problem) {
            if (failure == null) {
                failure = problem;
            } else {
                failure.addSuppressed(problem);
            }
            return false;
        }
    }
}
