package io.cnm4j.driver.bridge;

import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.model.InterfaceNames;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.Attachment.Neighbour;
import io.cnm4j.spi.driver.DriverContext.Places;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A network on several bridges, because one has {@value BridgeOptions#PORTS} ports. Each endpoint has its addresses alone, and everything
 * else by the gateway, which is on every bridge; the host has a route to each endpoint. All neighbours are permanent: nobody asks, and the
 * kernel's table of those that were asked for, which all namespaces share, does not fill up.
 */
final class Shards {
    private final List<String> bridges;

    /** The bridges of a network; one is no shards at all. */
    Shards(String bridge, int count) {
        this.bridges = names(bridge, count);
    }

    /** Returns the bridges' names, the network's own first. */
    static List<String> names(String bridge, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> i == 0 ? bridge : bridge + "-" + i)
                .toList();
    }

    /** Returns the name of a network's bridge when nobody gave one: short enough for what the others add to it. */
    static String usualName(NetworkState network, int count) {
        String name = "br-" + network.id().shortForm();
        return count == 1 ? name : name.substring(0, InterfaceNames.MAX_LENGTH - 3);
    }

    /** Returns the place of a new endpoint: where the fewest are. */
    static String emptiest(NetworkState network, int count, Places places) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (places.taken(String.valueOf(i)) < places.taken(String.valueOf(best))) {
                best = i;
            }
        }
        if (places.taken(String.valueOf(best)) >= BridgeOptions.PORTS) {
            throw new ExhaustedException("network '" + network.name() + "' has " + count * BridgeOptions.PORTS
                    + " endpoints, the most that " + count + " bridges have ports for; " + more(count));
        }
        return String.valueOf(best);
    }

    /** Returns what to do when there are more endpoints than ports. */
    static String more(int count) {
        return count == BridgeOptions.MOST_SHARDS
                ? "use another network"
                : "make a network with option " + BridgeOptions.SHARDS + "="
                        + Math.min(count * 2, BridgeOptions.MOST_SHARDS) + ", which gives each bridge "
                        + BridgeOptions.PORTS + ", and move the endpoints there";
    }

    List<String> bridges() {
        return bridges;
    }

    boolean areSeveral() {
        return bridges.size() > 1;
    }

    /** Returns the bridge of an endpoint. */
    String of(EndpointState endpoint) {
        return bridges.get(Integer.parseInt(endpoint.note().getOrDefault(EndpointState.PLACE, "0")));
    }

    /** Returns the address that the bridges after the first have in a pool: their subnet is the first one's. */
    static IpPrefix alone(IpAddress address) {
        return new IpPrefix(address, address.family().bits());
    }

    /** Returns what leads from the host to an endpoint. */
    List<KernelOp> ways(EndpointState endpoint) {
        String bridge = of(endpoint);
        var ops = new ArrayList<KernelOp>();
        for (IpPrefix prefix : endpoint.addresses()) {
            IpAddress address = prefix.address();
            ops.add(new KernelOp.AddRoute(NamespaceRef.HOST, RouteSpec.toNeighbour(address, bridge)));
            ops.add(new NeighbourOp.AddNeighbour(NamespaceRef.HOST, bridge, address, endpoint.mac()));
        }
        return ops;
    }

    /** Returns whom a sandbox knows: the gateways, which have the hardware address of the bridges. */
    static List<Neighbour> gateways(NetworkState network, EndpointState endpoint, MacAddress mac) {
        return endpoint.addresses().stream()
                .flatMap(address -> gateway(address, network).stream())
                .map(gateway -> new Neighbour(gateway, mac))
                .toList();
    }

    /** Returns the routes of a sandbox: to the gateway, and by it to all subnets of the network. */
    static List<RouteSpec> routes(NetworkState network, EndpointState endpoint, String interfaceName) {
        var routes = new ArrayList<RouteSpec>();
        for (IpPrefix address : endpoint.addresses()) {
            gateway(address, network).ifPresent(gateway -> {
                routes.add(new RouteSpec(alone(gateway), Optional.empty(), interfaceName, true));
                network.pools().stream()
                        .map(NetworkPool::subnet)
                        .filter(subnet -> subnet.family() == address.family())
                        .forEach(
                                subnet -> routes.add(new RouteSpec(subnet, Optional.of(gateway), interfaceName, true)));
            });
        }
        return routes;
    }

    private static Optional<IpAddress> gateway(IpPrefix address, NetworkState network) {
        return MoreSubnets.around(address, network).flatMap(NetworkPool::gateway);
    }
}
