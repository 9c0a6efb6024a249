package io.cnm4j.spi.driver;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.List;

/**
 * What a sandbox gets from an endpoint. The core adds the endpoint's addresses to the interface, then the routes, and the
 * default routes if this endpoint is the sandbox' gateway.
 *
 * @param link what brings the interface into the sandbox, and what the host needs around it
 * @param gateways next hops for default routes, at most one a family
 * @param routes more routes; one of length 0 is a default route by the interface, which counts as a gateway of its family
 */
public record Attachment(Plan link, List<IpAddress> gateways, List<RouteSpec> routes) {
    /** Copies the lists. */
    public Attachment {
        gateways = List.copyOf(gateways);
        routes = List.copyOf(routes);
    }
}
