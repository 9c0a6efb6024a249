package io.cnm4j.driver.bridge;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkElements;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Links on a network without ICC. Frames do not pass between its isolated ports, so the host answers for its containers: it gets what
 * they send each other, routes it back by the bridge, and the firewall has its say.
 */
final class LinkPlans {
    private final NetworkState network;
    private final BridgeOptions options;
    private final BridgeNote note;

    LinkPlans(NetworkState network, BridgeOptions options) {
        this.network = network;
        this.options = options;
        this.note = BridgeNote.of(network.note());
    }

    /** Tells whether links open something: where nothing is shut they need not, and an adopted bridge stays as it is. */
    boolean isNeeded() {
        return !options.icc() && options.firewall() && !note.adopted();
    }

    private boolean has(Family family) {
        return network.pool(family)
                .filter(pool -> BridgePlans.hasAddress(pool, options))
                .isPresent();
    }

    /** Returns what the bridge needs. */
    List<KernelOp> network() {
        var ops = new ArrayList<KernelOp>();
        if (isNeeded() && has(Family.IPV4)) {
            ops.add(sysctl("ipv4.conf", "forwarding", "1"));
            ops.add(sysctl("ipv4.conf", "proxy_arp_pvlan", "1")); // RFC 3069
            ops.add(sysctl("ipv4.neigh", "proxy_delay", "0"));
        }
        if (isNeeded() && has(Family.IPV6)) {
            ops.add(sysctl("ipv6.conf", "proxy_ndp", "1"));
            ops.add(sysctl("ipv6.neigh", "proxy_delay", "0"));
        }
        return ops;
    }

    private KernelOp sysctl(String tree, String name, String value) {
        return new KernelOp.SetSysctl(
                NamespaceRef.HOST,
                "net." + tree + "." + note.bridge().replace('.', '/') + "." + name,
                value,
                Optional.empty());
    }

    /** Returns what an endpoint needs so that others reach it. The host would redirect them to it past itself, where they do not get. */
    List<KernelOp> endpoint(EndpointState endpoint, NamespaceRef namespace, String link) {
        Optional<IpPrefix> address = endpoint.address(Family.IPV6);
        if (!isNeeded() || !has(Family.IPV6) || address.isEmpty()) {
            return List.of();
        }
        String key = "net.ipv6.conf." + link.replace('.', '/') + ".accept_redirects";
        return List.of(
                new KernelOp.SetSysctl(namespace, key, "0", Optional.empty()),
                new NeighbourOp.AddProxy(
                        NamespaceRef.HOST, note.bridge(), address.orElseThrow().address()));
    }

    Plan link(EndpointState from, EndpointState to, List<ContainerPorts> ports) {
        var elements = new ArrayList<FirewallElement>();
        for (Family family : Family.values()) {
            Optional<IpAddress> source = from.address(family).map(IpPrefix::address);
            Optional<IpAddress> destination = to.address(family).map(IpPrefix::address);
            if (isNeeded() && has(family) && source.isPresent() && destination.isPresent()) {
                ports.forEach(range ->
                        elements.add(LinkElements.opening(source.orElseThrow(), destination.orElseThrow(), range)));
            }
        }
        return elements.isEmpty()
                ? Plan.EMPTY
                : Plan.of(new FirewallOp.AddElements(Mark.table(network.controller()), elements, false));
    }
}
