package io.cnm4j.driver.bridge;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HeldPorts;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.PortElements;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What published ports mean for the host: sockets that hold them and elements of the firewall, one batch for an endpoint. */
final class PortPlans {
    private static final IpAddress ANY4 = IpAddress.ipv4(0);
    private static final IpAddress ANY6 = IpAddress.ipv6(0, 0);

    private final NetworkState network;
    private final BridgeOptions options;

    PortPlans(NetworkState network, BridgeOptions options) {
        this.network = network;
        this.options = options;
    }

    Plan of(EndpointState endpoint, List<PortMapping> ports) {
        Set<PortMapping> all = Set.copyOf(ports);
        var held = new ArrayList<HeldPorts>();
        var elements = new ArrayList<FirewallElement>();
        var direct = new HashSet<FirewallElement>(); // the same for a port at several addresses of the host
        for (PortMapping mapping : ports) {
            IpAddress inside = target(endpoint, mapping.family());
            FirewallElement own = PortElements.direct(inside, mapping.container());
            if (options.gatewayMode(inside.family()) == GatewayMode.ROUTED) {
                if (direct.add(own)) {
                    elements.add(own);
                }
                continue;
            }
            hold(mapping, inside, all).ifPresent(held::add);
            if (inside.family() == mapping.family()) {
                if (!options.hostInputPolicy()) {
                    elements.addAll(PortElements.translated(mapping, inside));
                }
                if (isDirectToo(inside.family()) && direct.add(own)) {
                    elements.add(own);
                }
            }
        }
        var ops = new ArrayList<KernelOp>();
        if (!held.isEmpty()) {
            ops.add(new FirewallOp.HoldPorts(held));
        }
        if (options.firewall() && !elements.isEmpty()) {
            ops.add(new FirewallOp.AddElements(Mark.table(network.controller()), elements, false));
        }
        return new Plan(ops);
    }

    /** Returns the container's address behind one of the host of this family: of the same, or the only one there is. */
    static IpAddress target(EndpointState endpoint, Family family) {
        return endpoint.address(family)
                .or(() -> endpoint.address(Family.IPV4))
                .map(IpPrefix::address)
                .orElseThrow(() -> new IllegalStateException("endpoint " + endpoint.id() + " has no address"));
    }

    /** Ports at any address of both families are held together. */
    private static Optional<HeldPorts> hold(PortMapping mapping, IpAddress inside, Set<PortMapping> ports) {
        boolean both = ports.contains(at(mapping, ANY4)) && ports.contains(at(mapping, ANY6));
        if (both && mapping.address().equals(ANY4)) {
            return Optional.empty();
        }
        return Optional.of(
                new HeldPorts(mapping, inside, both && mapping.address().equals(ANY6)));
    }

    private static PortMapping at(PortMapping mapping, IpAddress address) {
        return new PortMapping(address, mapping.ports(), mapping.container());
    }

    private boolean isDirectToo(Family family) {
        return options.gatewayMode(family) == GatewayMode.NAT
                && (options.allowDirectRouting()
                        || !options.trustedHostInterfaces().isEmpty());
    }
}
