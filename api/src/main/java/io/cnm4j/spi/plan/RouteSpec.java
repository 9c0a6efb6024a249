package io.cnm4j.spi.plan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.Optional;

/**
 * A route in the main table.
 *
 * @param destination where to, without host bits; length 0 is the default route
 * @param gateway the next hop; absent means that the destination is on the link
 * @param link the interface
 * @param beside whether other routes may lead there too, by other interfaces: the first one made is taken
 */
public record RouteSpec(IpPrefix destination, Optional<IpAddress> gateway, String link, boolean beside) {
    /** Refuses host bits and a gateway of the other family. */
    public RouteSpec {
        if (destination.hasHostBits()
                || gateway.filter(g -> g.family() != destination.family()).isPresent()) {
            throw new InvalidRequestException("route to " + destination + " via " + gateway
                    + ": the destination must have no host bits and the gateway its family");
        }
    }

    /**
     * Returns the route to a single address behind a link. That of IPv4 has the address itself as next hop: then the kernel sends no
     * redirects to senders behind the same link (__mkroute_input in net/ipv4/route.c, where the source is not of scope link).
     */
    public static RouteSpec toNeighbour(IpAddress address, String link) {
        return new RouteSpec(
                new IpPrefix(address, address.family().bits()),
                Optional.of(address).filter(next -> next.family() == Family.IPV4),
                link);
    }

    /** Tells whether it leads to its own next hop, which is on the link then, whatever the link's addresses say. */
    public boolean isToItself() {
        return destination.length() == destination.family().bits()
                && gateway.equals(Optional.of(destination.address()));
    }

    /** Makes a route that is the only one to its destination. */
    public RouteSpec(IpPrefix destination, Optional<IpAddress> gateway, String link) {
        this(destination, gateway, link, false);
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
                + gateway.map(g -> " via " + g).orElse("") + " dev " + link + (isToItself() ? " onlink" : "");
    }
}
