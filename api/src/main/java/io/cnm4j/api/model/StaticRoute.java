package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.Optional;

/**
 * A route that a sandbox gets with an endpoint.
 *
 * @param destination where to, without host bits; not everywhere
 * @param nextHop the neighbour on the endpoint's network that leads there; absent means that the destination is on the network itself
 */
public record StaticRoute(IpPrefix destination, Optional<IpAddress> nextHop) {
    /** Refuses host bits, a default route and a next hop of the other family. */
    public StaticRoute {
        if (destination.length() == 0) {
            throw new InvalidRequestException("route to " + destination
                    + " is a default route, which follows from the networks; use gatewayPriority to choose among them");
        }
        if (destination.hasHostBits()
                || nextHop.filter(hop -> hop.family() != destination.family()).isPresent()) {
            throw new InvalidRequestException("route to " + destination
                    + nextHop.map(hop -> " via " + hop).orElse("")
                    + ": the destination must have no host bits and the next hop must be of its family");
        }
    }

    /** Returns a route by a neighbour. */
    public static StaticRoute via(String destination, String nextHop) {
        return new StaticRoute(IpPrefix.parse(destination), Optional.of(IpAddress.parse(nextHop)));
    }

    /** Returns a route to neighbours. */
    public static StaticRoute onLink(String destination) {
        return new StaticRoute(IpPrefix.parse(destination), Optional.empty());
    }
}
