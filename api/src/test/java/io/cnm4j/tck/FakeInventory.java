package io.cnm4j.tck;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.FileOp;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What carries a mark on a {@link FakeHost}, and what its bridges have too much of; callers hold the host's monitor. */
final class FakeInventory {
    private final FakeHost host;

    FakeInventory(FakeHost host) {
        this.host = host;
    }

    List<KernelOp> marked(ControllerId controller, RunDirectory run, Collection<NamespaceRef> inside) {
        var found = new ArrayList<KernelOp>();
        FakeHost.Table table = host.tables.get(Mark.table(controller));
        if (table != null) {
            found.add(new FirewallOp.AddTable(table.definition));
            for (FirewallElement element : table.elements.values()) {
                found.add(new FirewallOp.AddElements(table.definition.name(), List.of(element), false));
            }
        }
        host.sealed.stream().filter(seal -> Mark.isOf(controller, seal.mark())).forEach(found::add);
        links(controller, NamespaceRef.HOST, found);
        routes(controller, found);
        host.files.keySet().stream()
                .filter(path -> path.startsWith(run.sandboxes() + "/"))
                .forEach(path -> found.add(new FileOp.WriteFile(path, "")));
        host.namespaces.keySet().stream()
                .filter(path -> path.startsWith(run.namespaces() + "/"))
                .forEach(path -> found.add(new KernelOp.MakeNamespace(NamespaceRef.at(path), Map.of())));
        inside.stream().filter(host::exists).forEach(namespace -> links(controller, namespace, found));
        for (Family family : Family.values()) {
            KernelOp.SetSysctl forwarding = HostFirewall.forwarding(family);
            boolean marked = table != null && table.elements.containsValue(HostFirewall.unrelated(family));
            if (marked && host.sysctl(forwarding.key()).equals(Optional.of(forwarding.value()))) {
                found.add(forwarding);
            }
        }
        return found;
    }

    private void links(ControllerId controller, NamespaceRef namespace, List<KernelOp> found) {
        for (FakeNamespace.Link link : host.namespace(namespace).links.values()) {
            if (Mark.isOf(controller, link.alias)) {
                found.add(new LinkOp.AddLink(namespace, spec(link.facts())));
                link.proxies.forEach(address -> found.add(new NeighbourOp.AddProxy(namespace, link.name, address)));
            }
        }
    }

    /** Routes of the host through links with a mark, and the neighbours at their ends. */
    private void routes(ControllerId controller, List<KernelOp> found) {
        FakeNamespace home = host.namespace(NamespaceRef.HOST);
        for (RouteSpec route : home.routes) {
            FakeNamespace.Link link = home.links.get(route.link());
            if (link != null && Mark.isOf(controller, link.alias)) {
                found.add(new KernelOp.AddRoute(NamespaceRef.HOST, route));
                MacAddress mac = home.neighbours.get(
                        route.link() + " " + route.destination().address());
                if (mac != null) {
                    found.add(new NeighbourOp.AddNeighbour(
                            NamespaceRef.HOST, route.link(), route.destination().address(), mac));
                }
            }
        }
    }

    private static LinkSpec spec(LinkFacts link) {
        if (link.kind().equals("bridge")) {
            return new LinkSpec.Bridge(link.name(), link.mtu(), link.mac(), link.alias());
        } else if (!link.kind().equals("veth")) {
            return new LinkSpec.Dummy(link.name(), link.mtu(), link.mac(), link.alias()); // only to be removed
        }
        var peer = new LinkSpec.Peer(NamespaceRef.HOST, link.name(), Optional.empty());
        return new LinkSpec.Veth(link.name(), link.mtu(), Optional.empty(), link.alias(), peer);
    }

    List<Difference> extras(Plan plan) {
        var extras = new ArrayList<Difference>();
        for (KernelOp op : plan.ops()) {
            if (op instanceof LinkOp.AddLink link
                    && link.link() instanceof LinkSpec.Bridge bridge
                    && isOurs(op.namespace(), bridge)) {
                for (IpPrefix address : host.addresses(op.namespace(), bridge.name())) {
                    var add = new KernelOp.AddAddress(op.namespace(), bridge.name(), address);
                    if (!plan.ops().contains(add)) {
                        extras.add(new Difference(Difference.Kind.EXTRA, add, "nothing asked for " + address));
                    }
                }
            }
        }
        return extras;
    }

    private boolean isOurs(NamespaceRef namespace, LinkSpec spec) {
        return host.exists(namespace)
                && host.link(namespace, spec.name())
                        .filter(link -> link.alias().equals(spec.mark()))
                        .isPresent();
    }
}
