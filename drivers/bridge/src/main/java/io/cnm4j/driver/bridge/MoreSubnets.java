package io.cnm4j.driver.bridge;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The subnets that a network got after the first of their family: they are on the same bridge. */
final class MoreSubnets {
    private MoreSubnets() {}

    /** Returns them, in the order in which they came. */
    static List<NetworkPool> of(NetworkState network) {
        return network.pools().stream()
                .filter(pool -> !network.pool(pool.subnet().family()).equals(Optional.of(pool)))
                .toList();
    }

    /** Returns the subnet in which an endpoint has an address. */
    static Optional<NetworkPool> around(IpPrefix address, NetworkState network) {
        return network.pools().stream()
                .filter(pool -> pool.subnet().contains(address.address()))
                .findFirst();
    }

    /** Returns routes to the network's subnets in which the endpoint has no address: its neighbours are there as well. */
    static List<RouteSpec> routes(EndpointState endpoint, NetworkState network, String interfaceName) {
        var routes = new ArrayList<RouteSpec>();
        for (IpPrefix address : endpoint.addresses()) {
            network.pools().stream()
                    .map(NetworkPool::subnet)
                    .filter(subnet -> subnet.family() == address.family() && !subnet.contains(address.address()))
                    .forEach(subnet -> routes.add(new RouteSpec(subnet, Optional.empty(), interfaceName, true)));
        }
        return routes;
    }
}
