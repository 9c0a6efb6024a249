package io.cnm4j.driver.macvlan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.driver.macvlan.Parent.Origin;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What macvlan and ipvlan networks plan in the same way. */
final class ParentPlans {
    private final NetworkState network;
    private final Parent parent;

    ParentPlans(NetworkState network) {
        this.network = network;
        this.parent = Parent.of(network.note());
    }

    Parent parent() {
        return parent;
    }

    /** Tells whether nothing outside is in reach: no default route. VL-03, VL-19 */
    boolean isInternal() {
        return network.internal() || parent.origin() == Origin.DUMMY;
    }

    /**
     * Returns what makes sure of the parent.
     *
     * @param alone whether this network wants it for itself
     */
    KernelOp parentOp(boolean alone, int mtu) {
        return switch (parent.origin()) {
            case USER -> new LinkOp.UseLink(NamespaceRef.HOST, parent.name(), parent.kind(), !alone);
            case VLAN ->
                new LinkOp.AddLink(
                        NamespaceRef.HOST,
                        new LinkSpec.Vlan(
                                parent.name(),
                                parent.base(),
                                parent.tag(),
                                !alone,
                                ParentDecision.mark(network, parent.name())));
            case DUMMY ->
                new LinkOp.AddLink(
                        NamespaceRef.HOST, new LinkSpec.Dummy(parent.name(), mtu, Optional.empty(), networkMark()));
        };
    }

    String networkMark() {
        return Mark.of(network.controller(), "network " + network.id().shortForm());
    }

    String endpointMark(EndpointState endpoint) {
        return Mark.of(network.controller(), "endpoint " + endpoint.id().shortForm());
    }

    /** Returns the next hops that the user gave for the endpoint's subnets. VL-12 */
    List<IpAddress> gateways(EndpointState endpoint) {
        var gateways = new ArrayList<IpAddress>();
        if (!isInternal()) {
            for (IpPrefix address : endpoint.addresses()) {
                pool(address).flatMap(NetworkPool::gateway).ifPresent(gateways::add);
            }
        }
        return gateways;
    }

    private Optional<NetworkPool> pool(IpPrefix address) {
        return network.pools().stream()
                .filter(pool -> pool.subnet().contains(address.address()))
                .findFirst();
    }

    /** Returns default routes by the interface itself, for families that have none of these gateways. */
    List<RouteSpec> defaultsByLink(EndpointState endpoint, List<IpAddress> gateways, String interfaceName) {
        if (isInternal()) {
            return List.of();
        }
        return endpoint.addresses().stream()
                .map(IpPrefix::family)
                .filter(family -> gateways.stream().noneMatch(gateway -> gateway.family() == family))
                .map(family -> new RouteSpec(everything(family), Optional.empty(), interfaceName))
                .toList();
    }

    private static IpPrefix everything(Family family) {
        return new IpPrefix(IpAddress.of(new byte[family.bits() / 8]), 0);
    }

    /** Returns the options with another MTU, if the network has one of its own: what the parent's was nobody noted. */
    static Map<String, String> optionsWithMtu(NetworkState network, int mtu) {
        if (new ParentOptions(network.options()).mtu() == 0) {
            throw new UnsupportedException("the interfaces of network '" + network.name()
                    + "' have the MTU of their parent; change that, or make a network with option "
                    + ParentOptions.MTU);
        }
        var options = new HashMap<>(network.options());
        options.put(ParentOptions.MTU, String.valueOf(mtu));
        return Map.copyOf(options);
    }

    /** Refuses a family that is on and has no subnet, and subnets that are everything. VL-08 */
    static void checkPools(NetworkState network) {
        for (Family family : Family.values()) {
            List<NetworkPool> pools = network.pools().stream()
                    .filter(pool -> pool.subnet().family() == family)
                    .toList();
            boolean on = family == Family.IPV4 ? network.ipv4() : network.ipv6();
            if (on
                    && (pools.isEmpty()
                            || pools.stream().anyMatch(pool -> pool.subnet().length() == 0))) {
                throw new InvalidRequestException("network '" + network.name() + "' has " + family
                        + " on and no subnet for it: "
                        + pools.stream().map(NetworkPool::subnet).toList() + "; give one, or turn " + family + " off");
            }
        }
        if (!network.ipv4() && !network.ipv6()) {
            throw new InvalidRequestException(
                    "network '" + network.name() + "' has ipv4=false and ipv6=false; turn one on");
        }
    }
}
