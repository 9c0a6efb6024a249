package io.cnm4j.spi.plan;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.TransportProtocol;

/**
 * Ports of the host that no other program gets, and who answers what no firewall rule translates.
 *
 * @param mapping the ports
 * @param target the container's address, of either family
 * @param both whether the address is any of IPv6 and stands for any of IPv4 too
 */
public record HeldPorts(PortMapping mapping, IpAddress target, boolean both) {
    /** Returns the line of socat(1) that does the same. */
    String render() {
        String family = mapping.family() == Family.IPV4 ? "4" : "6";
        String host = mapping.address().isUnspecified()
                ? (mapping.family() == Family.IPV6 ? ",ipv6only=" + (both ? 0 : 1) : "")
                : ",bind=" + bracketed(mapping.address());
        String kind = mapping.protocol().name();
        String wait = mapping.protocol() == TransportProtocol.UDP ? "-RECVFROM:" : "-LISTEN:";
        int distance = mapping.container().ports().first() - mapping.ports().first();
        boolean one = mapping.ports().count() == 1;
        String port = one ? mapping.ports().toString() : "$p";
        String there = one ? mapping.container().ports().toString() : "$((p + " + distance + "))";
        String line = "socat " + kind + family + wait + port + host + ",fork " + kind + ":" + bracketed(target) + ":"
                + there + " &";
        return one
                ? line
                : "for p in $(seq " + mapping.ports().first() + " "
                        + mapping.ports().last() + "); do " + line + " done";
    }

    /** Returns the line that ends what {@link #render} began. */
    String renderRemoval() {
        return "fuser -k " + mapping.ports() + "/" + mapping.protocol();
    }

    private static String bracketed(IpAddress address) {
        return address.family() == Family.IPV6 ? "[" + address + "]" : address.toString();
    }
}
