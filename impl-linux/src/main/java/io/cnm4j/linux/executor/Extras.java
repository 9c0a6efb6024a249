package io.cnm4j.linux.executor;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.rtnetlink.AddressState;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.rtnetlink.NeighbourState;
import io.cnm4j.linux.rtnetlink.RouteState;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What bridges of a plan have beyond it. A sandbox may do with its own interfaces what it likes: these are not looked at. */
final class Extras {
    private Extras() {}

    static List<Difference> of(Plan plan, Site site) {
        var extras = new ArrayList<Difference>();
        for (KernelOp op : plan.ops()) {
            if (op instanceof LinkOp.AddLink link && link.link() instanceof LinkSpec.Bridge bridge) {
                Optional<LinkState> there =
                        site.link(op.namespace(), bridge.name()).filter(state -> state.isFor(bridge));
                there.ifPresent(state -> {
                    addresses(plan, link, state.index(), site, extras);
                    neighbours(plan, link, state.index(), site, extras);
                    forwarding(plan, link, state.index(), site, extras);
                });
            }
        }
        plan.ops().stream()
                .filter(op -> op instanceof LinkOp.AddLink link && link.link() instanceof LinkSpec.Vxlan)
                .forEach(op -> tunnel(Set.copyOf(plan.ops()), (LinkOp.AddLink) op, site, extras));
        Set<KernelOp> wanted = Set.copyOf(plan.ops());
        plan.ops().stream()
                .filter(op -> op instanceof TunnelOp.Serve)
                .flatMap(op -> site.tunnels().entries(op.namespace(), ((TunnelOp) op).link()).stream())
                .filter(entry -> !wanted.contains(entry))
                .forEach(entry -> extras.add(new Difference(
                        Difference.Kind.EXTRA,
                        entry,
                        "nobody asked for: " + entry.render().get(0))));
        return extras;
    }

    /** What a tunnel knows beyond the plan. */
    private static void tunnel(Set<KernelOp> plan, LinkOp.AddLink link, Site site, List<Difference> extras) {
        NamespaceRef namespace = link.namespace();
        String name = link.link().name();
        site.link(namespace, name).filter(state -> state.isFor(link.link())).ifPresent(state -> {
            var known = new ArrayList<KernelOp>();
            site.tunnelPeers(namespace, state.index())
                    .forEach(peer -> known.add(new NeighbourOp.AddTunnelPeer(
                            namespace,
                            name,
                            peer.mac().orElseThrow(),
                            peer.address().orElseThrow())));
            site.neighbours(namespace, state.index()).stream()
                    .filter(NeighbourState::isPermanent)
                    .forEach(found -> known.add(new NeighbourOp.AddNeighbour(
                            namespace,
                            name,
                            found.address().orElseThrow(),
                            found.mac().orElseThrow())));
            known.stream()
                    .filter(op -> !plan.contains(op))
                    .forEach(op -> extras.add(new Difference(
                            Difference.Kind.EXTRA,
                            op,
                            "nobody asked for: " + op.render().get(0))));
        });
    }

    private static void addresses(Plan plan, LinkOp.AddLink link, int index, Site site, List<Difference> extras) {
        for (AddressState found : site.queries(link.namespace()).addresses(index)) {
            var op = new KernelOp.AddAddress(link.namespace(), link.link().name(), found.address());
            if (!found.linkLocal()) {
                add(plan, op, "'" + op.link() + "' has address " + op.address(), extras);
            }
        }
    }

    private static void neighbours(Plan plan, LinkOp.AddLink link, int index, Site site, List<Difference> extras) {
        Set<Optional<IpAddress>> ofEndpoints = new HashSet<>(); // found as orphans if they are nobody's
        for (Family family : Family.values()) {
            site.routes(link.namespace(), family, index).stream()
                    .filter(RouteState::ours)
                    .forEach(route ->
                            ofEndpoints.add(Optional.of(route.destination().address())));
        }
        for (NeighbourState found : site.queries(link.namespace()).neighbours(index)) {
            if (found.isPermanent() && !ofEndpoints.contains(found.address())) {
                var op = new NeighbourOp.AddNeighbour(
                        link.namespace(),
                        link.link().name(),
                        found.address().orElseThrow(),
                        found.mac().orElseThrow());
                add(
                        plan,
                        op,
                        "'" + op.link() + "' has a permanent neighbour " + op.address() + " at " + op.mac(),
                        extras);
            }
        }
    }

    private static void forwarding(Plan plan, LinkOp.AddLink link, int index, Site site, List<Difference> extras) {
        for (NeighbourState found : site.queries(link.namespace()).forwarding(index)) {
            Optional<LinkState> port = found.isStatic() && !found.isSticky() // those are endpoints'
                    ? site.queries(link.namespace()).links().stream()
                            .filter(state -> state.index() == found.link())
                            .findFirst()
                    : Optional.empty();
            if (port.isPresent()) {
                var op = new NeighbourOp.AddForwarding(
                        link.namespace(),
                        port.orElseThrow().facts().name(),
                        found.mac().orElseThrow());
                add(
                        plan,
                        op,
                        "'" + link.link().name() + "' has a static entry for " + op.mac() + " at port '" + op.port()
                                + "'",
                        extras);
            }
        }
    }

    private static void add(Plan plan, KernelOp op, String what, List<Difference> extras) {
        if (!plan.ops().contains(op)) {
            extras.add(new Difference(Difference.Kind.EXTRA, op, "link " + what + " that nothing asked for"));
        }
    }
}
