package io.cnm4j.examples.customdriver;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Networks whose sandboxes reach the host and nothing else: each has a cable of its own to it. There is no bridge, so no sandbox
 * sees another's frames, and no firewall, because nothing that comes in by a cable is forwarded. IPv4.
 *
 * <pre>
 * sandbox A  eth0 10.5.0.2/24 ------ hoXXX 10.5.0.1/32  host    10.5.0.2 is behind hoXXX
 * sandbox B  eth0 10.5.0.3/24 ------ hoYYY 10.5.0.1/32  host    10.5.0.3 is behind hoYYY
 * </pre> Stateless.
 */
public final class HostOnlyDriver implements NetworkDriver {
    /** Under what the note of an endpoint names the host's end of its cable. */
    static final String CABLE = "cable";

    /** Made by {@link java.util.ServiceLoader}. */
    public HostOnlyDriver() {}

    @Override
    public String name() {
        return "hostonly";
    }

    /** Wants subnets, an IPv4 gateway (the host's own address on all cables), and interfaces called {@code eth0} and so on. */
    @Override
    public NetworkNeeds needs(NetworkState network) {
        if (network.ipv6() || !network.ipv4()) {
            throw new InvalidRequestException(
                    "network '" + network.name() + "' has ipv4=" + network.ipv4() + " and ipv6=" + network.ipv6()
                            + ", but driver 'hostonly' does IPv4 alone; turn IPv4 on and IPv6 off");
        }
        return new NetworkNeeds(true, true, false, "eth");
    }

    /**
     * Nothing to decide, only to check.
     *
     * @throws UnsupportedException if the kernel has no veth links
     */
    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        if (network.pools().size() != 1 || network.pools().get(0).gateway().isEmpty()) {
            throw new InvalidRequestException(
                    "network '" + network.name() + "' of driver 'hostonly' must have one subnet with a gateway,"
                            + " but has " + network.pools() + "; ask for one subnet");
        }
        context.host().require(KernelFeature.VETH);
        return Map.of();
    }

    /** Returns the empty plan: all there is are the cables. */
    @Override
    public Plan planNetwork(NetworkState network) {
        return Plan.EMPTY;
    }

    /** Decides how the host's end of the cable is called. */
    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return Map.of(CABLE, "ho" + endpoint.id().shortForm());
    }

    /** Returns the cable, the host's address on it, and the way to the sandbox. There is no default route: only the host is there. */
    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        String cable = Optional.ofNullable(endpoint.note().get(CABLE)).orElseThrow();
        NetworkPool pool = network.pool(Family.IPV4).orElseThrow();
        var peer = new LinkSpec.Peer(point.namespace(), point.interfaceName(), Optional.of(endpoint.mac()));
        String mark = Mark.of(network.controller(), "endpoint " + endpoint.id().shortForm());
        Plan plan = Plan.of(
                new KernelOp.AddLink(NamespaceRef.HOST, new LinkSpec.Veth(cable, 0, Optional.empty(), mark, peer)),
                new KernelOp.SetSysctl(
                        NamespaceRef.HOST, "net.ipv4.conf." + cable + ".forwarding", "0", Optional.empty()),
                new KernelOp.AddAddress(
                        NamespaceRef.HOST,
                        cable,
                        alone(pool.subnet().withAddress(pool.gateway().orElseThrow()))),
                new KernelOp.AddRoute(
                        NamespaceRef.HOST,
                        new RouteSpec(alone(endpoint.address(Family.IPV4).orElseThrow()), Optional.empty(), cable)));
        return new Attachment(plan, List.of(), List.of());
    }

    private static IpPrefix alone(IpPrefix address) {
        return new IpPrefix(address.address(), address.family().bits());
    }
}
