package io.cnm4j.examples.customdriver;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Networks whose sandboxes reach the host and nothing else: each has a cable of its own to it. There is no bridge, so no sandbox
 * sees another's frames; the firewall forwards nothing between a cable and anything else. Stateless.
 *
 * <pre>
 * sandbox A  eth0 10.5.0.2/24 ------ hoXXX 10.5.0.1/32  host    10.5.0.2 is behind hoXXX
 * sandbox B  eth0 10.5.0.3/24 ------ hoYYY 10.5.0.1/32  host    10.5.0.3 is behind hoYYY
 * </pre>
 */
public final class HostOnlyDriver implements NetworkDriver {
    /** Under what the note of an endpoint names the host's end of its cable. */
    static final String CABLE = "cable";

    /** Under what it says whether the kernel has parameters for IPv6. */
    static final String IPV6 = "kernel.ipv6";

    /** Made by {@link java.util.ServiceLoader}. */
    public HostOnlyDriver() {}

    @Override
    public String name() {
        return "hostonly";
    }

    /** Wants a subnet with a gateway of each family: the gateway is the host's own address on all cables. */
    @Override
    public NetworkNeeds needs(NetworkState network) {
        return new NetworkNeeds(true, network.ipv4(), network.ipv6(), "eth");
    }

    /** Has nothing to decide, only to check. */
    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        int families = (network.ipv4() ? 1 : 0) + (network.ipv6() ? 1 : 0);
        if (network.pools().size() != families
                || network.pools().stream().anyMatch(pool -> pool.gateway().isEmpty())) {
            throw new InvalidRequestException("network '" + network.name()
                    + "' of driver 'hostonly' must have one subnet" + " with a gateway for each family, but has "
                    + network.pools() + "; ask for one of each family");
        }
        context.host().require(KernelFeature.VETH);
        context.host().require(KernelFeature.NFTABLES_INET);
        if (network.ipv6()) {
            context.host().require(KernelFeature.IPV6);
        }
        return Map.of();
    }

    /** Returns the table that all networks of the controller share; everything else comes with the endpoints. */
    @Override
    public Plan planNetwork(NetworkState network) {
        return Plan.of(new FirewallOp.AddTable(HostFirewall.table(network.controller())));
    }

    /** Decides how the host's end of the cable is called. */
    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        boolean ipv6 = context.host().sysctl("net.ipv6.conf.default.accept_ra").isPresent();
        return Map.of(CABLE, "ho" + endpoint.id().shortForm(), IPV6, ipv6 ? "yes" : "no");
    }

    /** Returns the firewall's element, the cable, and the way to the sandbox; no default route, for only the host is there. */
    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        String cable = Optional.ofNullable(endpoint.note().get(CABLE)).orElseThrow();
        var peer = new LinkSpec.Peer(point.namespace(), point.interfaceName(), Optional.of(endpoint.mac()));
        String mark = Mark.of(network.controller(), "endpoint " + endpoint.id().shortForm());
        var ops = new ArrayList<KernelOp>();
        ops.add(new FirewallOp.AddElements(
                Mark.table(network.controller()), List.of(HostFirewall.internal(cable)), false));
        ops.add(new LinkOp.AddLink(NamespaceRef.HOST, new LinkSpec.Veth(cable, 0, Optional.empty(), mark, peer)));
        if ("yes".equals(endpoint.note().get(IPV6))) { // a sandbox must not tell the host its routes
            ops.add(new KernelOp.SetSysctl(
                    NamespaceRef.HOST, "net.ipv6.conf." + cable + ".accept_ra", "0", Optional.empty()));
        }
        for (IpPrefix address : endpoint.addresses()) {
            IpAddress gateway =
                    network.pool(address.family()).orElseThrow().gateway().orElseThrow();
            ops.add(new KernelOp.AddAddress(NamespaceRef.HOST, cable, alone(gateway)));
            ops.add(new KernelOp.AddRoute(
                    NamespaceRef.HOST, new RouteSpec(alone(address.address()), Optional.empty(), cable)));
        }
        return new Attachment(new Plan(ops), List.of(), List.of());
    }

    private static IpPrefix alone(IpAddress address) {
        return new IpPrefix(address, address.family().bits());
    }
}
