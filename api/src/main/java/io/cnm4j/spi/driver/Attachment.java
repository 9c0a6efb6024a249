package io.cnm4j.spi.driver;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.List;

/**
 * What a sandbox gets from an endpoint. The core adds the endpoint's addresses to the interface, then neighbours and routes, and the
 * default routes if this endpoint is the sandbox' gateway.
 *
 * @param link what brings the interface into the sandbox, and what the host needs around it
 * @param gateways next hops for default routes, at most one a family
 * @param routes more routes; one of length 0 is a default route by the interface, which counts as a gateway of its family
 * @param alone whether the interface has its addresses alone, without their subnets, which the routes lead to; then nobody is told where
 *     they are
 * @param neighbours whom the interface knows for ever
 */
public record Attachment(
        Plan link, List<IpAddress> gateways, List<RouteSpec> routes, boolean alone, List<Neighbour> neighbours) {

    /**
     * Somebody who need not be asked for.
     *
     * @param address an address
     * @param mac the hardware address it has
     */
    public record Neighbour(IpAddress address, MacAddress mac) {}

    /** Makes one with which the interface is in the subnets of its addresses, and asks for its neighbours. */
    public Attachment(Plan link, List<IpAddress> gateways, List<RouteSpec> routes) {
        this(link, gateways, routes, false, List.of());
    }

    /** Copies the lists. */
    public Attachment {
        gateways = List.copyOf(gateways);
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
    }
}
