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
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans from a record: nothing here looks at the host. */
final class BridgePlans {
    static final String HOST_LINK = "host.link";

    private final NetworkState network;
    private final BridgeOptions options;
    private final BridgeNote note;
    private final LinkPlans links;

    BridgePlans(NetworkState network, BridgeOptions options) {
        this.network = network;
        this.options = options;
        this.note = BridgeNote.of(network.note());
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
            ops.add(new KernelOp.UseLink(NamespaceRef.HOST, note.bridge(), "bridge", false));
        } else {
            addBridge(ops);
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
        ops.add(new KernelOp.AddTable(HostFirewall.table(network.controller())));
        ops.add(new KernelOp.AddElements(table, elements(), false));
        for (Family family : Family.values()) {
            if (note.forwarding().contains(family)) {
                ops.add(new KernelOp.AddElements(table, List.of(HostFirewall.unrelated(family)), true));
            }
        }
    }

    private List<FirewallElement> elements() {
        var elements = new ArrayList<FirewallElement>();
        elements.add(HostFirewall.member(note.bridge()));
        elements.add(HostFirewall.within(note.bridge(), options.icc()));
        options.trustedHostInterfaces().forEach(link -> elements.add(HostFirewall.trusted(link, note.bridge())));
        if (!options.icc()) {
            elements.add(HostFirewall.relayed(note.bridge()));
        }
        if (network.internal()) {
            elements.add(HostFirewall.internal(note.bridge()));
            return elements;
        }
        for (NetworkPool pool : network.pools()) {
            addMode(pool.subnet(), elements);
        }
        return elements;
    }

    /** Adds who gets in, and as whom packets leave. */
    private void addMode(IpPrefix subnet, List<FirewallElement> elements) {
        Family family = subnet.family();
        GatewayMode mode = options.gatewayMode(family);
        if (mode == GatewayMode.ROUTED) {
            elements.add(HostFirewall.openForIcmp(note.bridge(), family));
            return;
        }
        if (mode == GatewayMode.NAT_UNPROTECTED) {
            elements.add(HostFirewall.open(note.bridge(), family));
        } else if (!options.trustedHostInterfaces().isEmpty() && !options.allowDirectRouting()) {
            elements.add(HostFirewall.guarded(note.bridge(), family));
        }
        elements.add(HostFirewall.keepSource(note.bridge(), subnet));
        if (options.masquerade()) {
            elements.add(options.sourceAddress(family)
                    .map(address -> HostFirewall.sourceAddress(subnet, address))
                    .orElseGet(() -> HostFirewall.masquerade(subnet)));
        }
    }

    private void addBridge(List<KernelOp> ops) {
        ops.add(new KernelOp.AddLink(
                NamespaceRef.HOST,
                new LinkSpec.Bridge(
                        note.bridge(),
                        options.effectiveMtu(),
                        note.mac(),
                        mark("network " + network.id().shortForm()))));
        if (note.ipv6Known()) {
            ops.add(bridgeSysctl("accept_ra", "0"));
            ops.add(bridgeSysctl("accept_dad", "0"));
            ops.add(bridgeSysctl("disable_ipv6", hasIpv6() ? "0" : "1"));
        }
        if (options.firewall()
                && network.ipv4()
                && !network.internal()) { // so that 127.0.0.1 of the host reaches containers
            String key = "net.ipv4.conf." + note.bridge().replace('.', '/') + ".route_localnet";
            ops.add(new KernelOp.SetSysctl(NamespaceRef.HOST, key, "1", Optional.empty()));
        }
        ops.addAll(links.network());
        for (NetworkPool pool : network.pools()) {
            if (hasAddress(pool, options)) {
                ops.add(new KernelOp.AddAddress(NamespaceRef.HOST, note.bridge(), bridgeAddress(pool)));
            }
        }
    }

    private boolean hasIpv6() {
        return network.ipv6() && options.gatewayModeIpv6() != GatewayMode.ISOLATED;
    }

    private KernelOp bridgeSysctl(String name, String value) {
        String link = note.bridge().replace('.', '/');
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
                Optional.of(new LinkSpec.BridgePort(note.bridge(), true, !options.icc())),
                mark("endpoint " + endpoint.id().shortForm()),
                new LinkSpec.Peer(point.namespace(), point.interfaceName(), Optional.of(endpoint.mac())));
        var ops = new ArrayList<KernelOp>();
        ops.add(new KernelOp.AddLink(NamespaceRef.HOST, veth));
        ops.addAll(links.endpoint(endpoint, point.namespace(), point.interfaceName()));
        return new Attachment(new Plan(ops), gateways(endpoint), List.of());
    }

    private List<IpAddress> gateways(EndpointState endpoint) {
        var gateways = new ArrayList<IpAddress>();
        if (network.internal()) {
            return gateways;
        }
        for (NetworkPool pool : network.pools()) {
            Family family = pool.subnet().family();
            IpAddress override = pool.auxiliary().get(gatewayOverride(family));
            if (endpoint.address(family).isEmpty()) {
                continue;
            }
            if (override != null) {
                gateways.add(override);
            } else if (hasAddress(pool, options)) {
                pool.gateway().ifPresent(gateways::add);
            }
        }
        return gateways;
    }

    private String mark(String what) {
        return Mark.of(network.controller(), what);
    }
}
