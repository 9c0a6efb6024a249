package io.cnm4j.spi.plan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.Optional;

/**
 * A route in the main table.
 *
 * @param destination where to, without host bits; length 0 is the default route
 * @param gateway the next hop; absent means that the destination is on the link
 * @param link the interface
 */
public record RouteSpec(IpPrefix destination, Optional<IpAddress> gateway, String link) {
    /** Refuses host bits and a gateway of the other family. */
    public RouteSpec {
        if (destination.hasHostBits()
                || gateway.filter(g -> g.family() != destination.family()).isPresent()) {
            throw new InvalidRequestException("route to " + destination + " via " + gateway
                    + ": the destination must have no host bits and the gateway its family");
        }
    }

    /** Returns the default route through {@code gateway}. */
    public static RouteSpec defaultVia(IpAddress gateway, String link) {
        return new RouteSpec(
                new IpPrefix(IpAddress.of(new byte[gateway.family().bits() / 8]), 0), Optional.of(gateway), link);
    }

    /** Returns the words of ip-route(8). */
    @Override
    public String toString() {
        return (destination.length() == 0 ? "default" : destination.toString())
                + gateway.map(g -> " via " + g).orElse("") + " dev " + link;
    }
}
