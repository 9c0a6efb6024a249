package io.cnm4j.linux.executor;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.nftables.NftQueries;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.rtnetlink.NeighbourState;
import io.cnm4j.linux.rtnetlink.RouteState;
import io.cnm4j.linux.xfrm.SealedPorts;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.FileOp;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.FirewallSet;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.IpvlanFlag;
import io.cnm4j.spi.plan.IpvlanMode;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.MacvlanMode;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.RouteSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Everything on this host that carries the mark of one controller. */
final class Inventory {
    private static final IpAddress ANYWHERE = IpAddress.parse("0.0.0.0");
    private static final String PARENT = "parent"; // a name like others: what is listed here is only removed

    private final Site site;
    private final ControllerId controller;
    private final List<KernelOp> found = new ArrayList<>();

    Inventory(Site site, ControllerId controller) {
        this.site = site;
        this.controller = controller;
    }

    /** Returns what there is, in an order in which a plan could have made it. */
    List<KernelOp> of(RunDirectory run, Collection<NamespaceRef> inside) {
        firewall();
        found.addAll(SealedPorts.marked(Mark.of(controller, "overlays")));
        links(NamespaceRef.HOST);
        routes();
        for (Path sandbox : list(Path.of(run.sandboxes()))) {
            List<Path> files = list(sandbox);
            List<Path> known =
                    files.isEmpty() ? List.of(sandbox.resolve("hosts")) : files; // it goes with its last file
            known.forEach(file -> found.add(new FileOp.WriteFile(file.toString(), "")));
        }
        for (Path namespace : list(Path.of(run.namespaces()))) {
            found.add(new KernelOp.MakeNamespace(NamespaceRef.at(namespace.toString()), Map.of()));
            inside(NamespaceRef.at(namespace.toString()));
        }
        inside.stream().filter(site::exists).forEach(this::links);
        forwarding();
        return List.copyOf(found);
    }

    /** Looks into a network's own namespace; what is in a sandbox goes with the other end. */
    private void inside(NamespaceRef namespace) {
        if (namespace.path().contains("/" + RunDirectory.NETWORK) && site.exists(namespace)) {
            links(namespace);
        }
    }

    private void links(NamespaceRef namespace) {
        var ours = new HashMap<Integer, String>();
        site.queries(namespace)
                .links()
                .forEach(link -> spec(link).ifPresent(spec -> {
                    found.add(new LinkOp.AddLink(namespace, spec));
                    ours.put(link.index(), spec.name());
                }));
        site.queries(namespace).proxies().stream()
                .filter(proxy -> ours.containsKey(proxy.link()))
                .forEach(proxy -> found.add(new NeighbourOp.AddProxy(
                        namespace,
                        ours.getOrDefault(proxy.link(), ""),
                        proxy.address().orElseThrow())));
    }

    /** Looks for routes to single addresses behind links of ours, and for what belongs to them. */
    private void routes() {
        Map<Integer, String> links = new HashMap<>();
        for (LinkState link : site.queries(NamespaceRef.HOST).links()) {
            if (Mark.isOf(controller, link.facts().alias())) {
                links.put(link.index(), link.facts().name());
            }
        }
        for (Family family : links.isEmpty() ? List.<Family>of() : List.of(Family.values())) {
            for (RouteState route : site.queries(NamespaceRef.HOST).routes(family, 0)) {
                String link = links.get(route.link());
                if (route.ours() && link != null) {
                    found.add(new KernelOp.AddRoute(
                            NamespaceRef.HOST, new RouteSpec(route.destination(), route.gateway(), link)));
                    neighbour(route, link);
                }
            }
        }
    }

    private void neighbour(RouteState route, String link) {
        site.neighbours(NamespaceRef.HOST, route.link()).stream()
                .filter(NeighbourState::isPermanent)
                .filter(neighbour -> neighbour
                        .address()
                        .equals(Optional.of(route.destination().address())))
                .forEach(neighbour -> found.add(new NeighbourOp.AddNeighbour(
                        NamespaceRef.HOST,
                        link,
                        neighbour.address().orElseThrow(),
                        neighbour.mac().orElseThrow())));
    }

    private void forwarding() {
        for (Family family : Family.values()) {
            var mark =
                    new FirewallOp.AddElements(Mark.table(controller), List.of(HostFirewall.unrelated(family)), false);
            KernelOp.SetSysctl forwarding = HostFirewall.forwarding(family);
            if (found.contains(mark)
                    && new SysctlHandler().check(forwarding, site).isEmpty()) {
                found.add(forwarding);
            }
        }
    }

    private void firewall() {
        FirewallTable table = HostFirewall.table(controller);
        var queries = new NftQueries(site.netfilter(), table);
        if (!queries.exists()) {
            return;
        }
        found.add(new FirewallOp.AddTable(table));
        for (FirewallSet set : table.sets()) {
            for (FirewallElement element : queries.elements(set)) {
                found.add(new FirewallOp.AddElements(table.name(), List.of(element), false));
            }
        }
    }

    private Optional<LinkSpec> spec(LinkState link) {
        String alias = link.facts().alias();
        String unfinished = Mark.of(controller, "unfinished");
        if (!Mark.isOf(controller, alias) && !(alias.isEmpty() && link.group() == Mark.group(unfinished))) {
            return Optional.empty();
        }
        String mark = alias.isEmpty() ? unfinished : alias;
        String name = link.facts().name();
        return switch (link.facts().kind()) {
            case "bridge" ->
                Optional.of(new LinkSpec.Bridge(
                        name, link.facts().mtu(), link.facts().mac(), mark));
            case "veth" -> {
                var peer = new LinkSpec.Peer(NamespaceRef.HOST, name, Optional.empty()); // it does not say where
                yield Optional.of(new LinkSpec.Veth(name, link.facts().mtu(), Optional.empty(), mark, peer));
            }
            case "vxlan" ->
                Optional.of(new LinkSpec.Vxlan(
                        name,
                        link.facts().mtu(),
                        link.facts().mac(),
                        mark,
                        1,
                        ANYWHERE,
                        1024,
                        false,
                        name)); // to remove it
            case "tun" ->
                Optional.of(
                        new LinkSpec.Tap(name, link.facts().mtu(), link.facts().mac(), mark, name)); // to remove it
            case "dummy" ->
                Optional.of(new LinkSpec.Dummy(
                        name, link.facts().mtu(), link.facts().mac(), mark));
            case "vlan" -> Optional.of(new LinkSpec.Vlan(name, PARENT, link.traits(), true, mark));
            case "macvlan" ->
                Optional.of(new LinkSpec.Macvlan(
                        name,
                        PARENT,
                        MacvlanMode.BRIDGE,
                        link.facts().mtu(),
                        link.facts().mac(),
                        mark));
            case "ipvlan" ->
                Optional.of(new LinkSpec.Ipvlan(
                        name,
                        PARENT,
                        IpvlanMode.L2,
                        IpvlanFlag.BRIDGE,
                        link.facts().mtu(),
                        mark));
            default -> Optional.empty(); // no kind that this controller makes
        };
    }

    private static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (NoSuchFileException gone) {
            return List.of();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "directory " + directory + " cannot be read: " + e + "; see who may read it", e);
        }
    }
}
