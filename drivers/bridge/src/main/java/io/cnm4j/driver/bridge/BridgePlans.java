package io.cnm4j.driver.bridge;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.SourceElements;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans from a record: nothing here looks at the host. */
final class BridgePlans {
    static final String HOST_LINK = "host.link";

    private final NetworkState network;
    private final BridgeOptions options;
    private final BridgeNote note;
    private final Shards shards;
    private final LinkPlans links;

    BridgePlans(NetworkState network, BridgeOptions options) {
        this.network = network;
        this.options = options;
        this.note = BridgeNote.of(network.note());
        this.shards = new Shards(note.bridge(), options.shards());
        this.links = new LinkPlans(network, options);
    }

    /** Returns the auxiliary name under which a network gives another default gateway than the bridge. */
    static String gatewayOverride(Family family) {
        return family == Family.IPV4 ? "DefaultGatewayIPv4" : "DefaultGatewayIPv6";
    }

    /** Returns the address that the bridge has in a pool. */
    static IpPrefix bridgeAddress(NetworkPool pool) {
        return pool.subnet().withAddress(pool.gateway().orElseThrow());
    }

    static boolean hasAddress(NetworkPool pool, BridgeOptions options) {
        Family family = pool.subnet().family();
        return options.gatewayMode(family) != GatewayMode.ISOLATED && (family == Family.IPV6 || !options.inhibitIpv4());
    }

    /** Returns the plan of the network: firewall, bridge, forwarding, in this order, so that nothing passes unchecked. */
    Plan network() {
        var ops = new ArrayList<KernelOp>();
        if (options.firewall()) {
            addFirewall(ops);
        }
        if (note.adopted()) {
            ops.add(new LinkOp.UseLink(NamespaceRef.HOST, note.bridge(), "bridge", false));
        } else {
            shards.bridges().forEach(bridge -> addBridge(bridge, ops));
        }
        for (Family family : Family.values()) {
            if (note.forwarding().contains(family)) {
                ops.add(HostFirewall.forwarding(family));
            }
        }
        return new Plan(ops);
    }

    private void addFirewall(List<KernelOp> ops) {
        String table = Mark.table(network.controller());
        ops.add(new FirewallOp.AddTable(HostFirewall.table(network.controller())));
        ops.add(new FirewallOp.AddElements(table, elements(), false));
        for (NetworkPool pool : MoreSubnets.of(network)) {
            List<FirewallElement> sources = sources(pool.subnet());
            if (!sources.isEmpty()) {
                ops.add(new FirewallOp.AddElements(table, sources, false));
            }
        }
        for (Family family : Family.values()) {
            if (note.forwarding().contains(family)) {
                ops.add(new FirewallOp.AddElements(table, List.of(HostFirewall.unrelated(family)), true));
            }
        }
    }

    private List<FirewallElement> elements() {
        var elements = new ArrayList<FirewallElement>();
        List<String> bridges = shards.bridges();
        bridges.forEach(bridge -> elements.add(HostFirewall.member(bridge)));
        for (String from : bridges) {
            bridges.forEach(to -> elements.add(HostFirewall.within(from, to, options.icc())));
        }
        for (String bridge : bridges) {
            options.trustedHostInterfaces().forEach(link -> elements.add(HostFirewall.trusted(link, bridge)));
            if (!options.icc()) {
                elements.add(HostFirewall.relayed(bridge));
            }
        }
        if (network.internal()) {
            bridges.forEach(bridge -> elements.add(HostFirewall.internal(bridge)));
            return elements;
        }
        for (Family family : Family.values()) {
            network.pool(family).ifPresent(pool -> {
                bridges.forEach(bridge -> addMode(family, bridge, elements));
                elements.addAll(sources(pool.subnet()));
            });
        }
        return elements;
    }

    /** Adds who gets in. */
    private void addMode(Family family, String bridge, List<FirewallElement> elements) {
        GatewayMode mode = options.gatewayMode(family);
        if (mode == GatewayMode.ROUTED) {
            elements.add(HostFirewall.openForIcmp(bridge, family));
            return;
        }
        if (mode == GatewayMode.NAT_UNPROTECTED) {
            elements.add(HostFirewall.open(bridge, family));
        } else if (!options.trustedHostInterfaces().isEmpty() && !options.allowDirectRouting()) {
            elements.add(HostFirewall.guarded(bridge, family));
        }
    }

    /** Returns as whom packets of a subnet leave. */
    private List<FirewallElement> sources(IpPrefix subnet) {
        var elements = new ArrayList<FirewallElement>();
        Family family = subnet.family();
        if (network.internal() || options.gatewayMode(family) == GatewayMode.ROUTED) {
            return elements;
        }
        shards.bridges().forEach(bridge -> elements.add(SourceElements.keep(bridge, subnet)));
        if (options.masquerade()) {
            elements.add(options.sourceAddress(family)
                    .map(address -> SourceElements.translate(subnet, address))
                    .orElseGet(() -> SourceElements.masquerade(subnet)));
        }
        return elements;
    }

    private void addBridge(String bridge, List<KernelOp> ops) {
        ops.add(new LinkOp.AddLink(
                NamespaceRef.HOST,
                new LinkSpec.Bridge(
                        bridge,
                        options.effectiveMtu(),
                        note.mac(),
                        mark("network " + network.id().shortForm()))));
        if (note.ipv6Known()) {
            ops.add(bridgeSysctl(bridge, "accept_ra", "0"));
            ops.add(bridgeSysctl(bridge, "accept_dad", "0"));
            ops.add(bridgeSysctl(bridge, "disable_ipv6", hasIpv6() ? "0" : "1"));
        }
        if (options.firewall()
                && network.ipv4()
                && !network.internal()) { // so that 127.0.0.1 of the host reaches containers
            String key = "net.ipv4.conf." + bridge.replace('.', '/') + ".route_localnet";
            ops.add(new KernelOp.SetSysctl(NamespaceRef.HOST, key, "1", Optional.empty()));
        }
        if (!shards.areSeveral()) { // where there are, containers ask nobody
            ops.addAll(links.network());
        }
        for (NetworkPool pool : network.pools()) {
            if (hasAddress(pool, options)) {
                IpPrefix address = bridgeAddress(pool);
                ops.add(new KernelOp.AddAddress(
                        NamespaceRef.HOST,
                        bridge,
                        bridge.equals(note.bridge()) ? address : Shards.alone(address.address())));
            }
        }
    }

    private boolean hasIpv6() {
        return network.ipv6() && options.gatewayModeIpv6() != GatewayMode.ISOLATED;
    }

    private static KernelOp bridgeSysctl(String bridge, String name, String value) {
        String link = bridge.replace('.', '/');
        return new KernelOp.SetSysctl(NamespaceRef.HOST, "net.ipv6.conf." + link + "." + name, value, Optional.empty());
    }

    /** Returns what a sandbox gets that joins the endpoint. */
    Attachment attachment(EndpointState endpoint, AttachPoint point) {
        String hostLink = Optional.ofNullable(endpoint.note().get(HOST_LINK))
                .orElseThrow(() ->
                        new IllegalStateException("endpoint " + endpoint.id() + " has no note '" + HOST_LINK + "'"));
        var veth = new LinkSpec.Veth(
                hostLink,
                options.effectiveMtu(),
                Optional.of(new LinkSpec.BridgePort(shards.of(endpoint), true, !options.icc())),
                mark("endpoint " + endpoint.id().shortForm()),
                new LinkSpec.Peer(point.namespace(), point.interfaceName(), Optional.of(endpoint.mac())));
        Plan link = Plan.of(new LinkOp.AddLink(NamespaceRef.HOST, veth));
        if (!shards.areSeveral()) {
            return new Attachment(
                    link.then(new Plan(links.endpoint(endpoint, point.namespace(), point.interfaceName()))),
                    gateways(endpoint),
                    MoreSubnets.routes(endpoint, network, point.interfaceName()));
        }
        return new Attachment(
                link.then(new Plan(shards.ways(endpoint))),
                gateways(endpoint),
                Shards.routes(network, endpoint, point.interfaceName()),
                true,
                Shards.gateways(network, endpoint, note.mac().orElseThrow()));
    }

    private List<IpAddress> gateways(EndpointState endpoint) {
        var gateways = new ArrayList<IpAddress>();
        if (network.internal()) {
            return gateways;
        }
        for (IpPrefix address : endpoint.addresses()) {
            MoreSubnets.around(address, network).flatMap(this::gateway).ifPresent(gateways::add);
        }
        return gateways;
    }

    private Optional<IpAddress> gateway(NetworkPool pool) {
        IpAddress override = pool.auxiliary().get(gatewayOverride(pool.subnet().family()));
        if (override != null) {
            return Optional.of(override);
        }
        return hasAddress(pool, options) ? pool.gateway() : Optional.empty();
    }

    private String mark(String what) {
        return Mark.of(network.controller(), what);
    }
}
