package io.cnm4j.linux.rtnetlink;

import io.cnm4j.linux.netlink.AttributeCursor;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * A parameter {@code net.ipv6.conf.LINK.NAME} as the link's message tells it. Opening its file below /proc/sys takes the longer the more
 * namespaces there are that have a link of the same name: 0.2 ms with 5,000.
 *
 * @param link the link's name
 * @param number its place in IFLA_INET6_CONF, DEVCONF_
 */
public record Ipv6Parameter(String link, int number) {
    private static final Map<String, Integer> NUMBERS = Map.of("accept_ra", 3, "disable_ipv6", 26, "accept_dad", 27);
    private static final String PREFIX = "net.ipv6.conf.";
    private static final int IFINFOMSG = 16;
    private static final int IFLA_AF_SPEC = 26;
    private static final int AF_INET6 = 10;
    private static final int IFLA_INET6_CONF = 2;

    /** Returns the one of this key, as sysctl(8) writes it; absent if it is of no link or another one than those that are used here. */
    public static Optional<Ipv6Parameter> of(String key) {
        int dot = key.lastIndexOf('.');
        if (!key.startsWith(PREFIX) || dot < PREFIX.length()) {
            return Optional.empty();
        }
        String link = key.substring(PREFIX.length(), dot).replace('/', '.');
        Integer number = NUMBERS.get(key.substring(dot + 1));
        return number == null || link.equals("all") || link.equals("default")
                ? Optional.empty()
                : Optional.of(new Ipv6Parameter(link, number));
    }

    /**
     * Returns its value.
     *
     * @param payload a link message without its netlink header
     * @return absent if the link has no IPv6 at all
     */
    Optional<String> read(ByteBuffer payload) {
        AttributeCursor at =
                inside(new AttributeCursor(payload.slice(IFINFOMSG, payload.limit() - IFINFOMSG)), IFLA_AF_SPEC);
        at = inside(inside(at, AF_INET6), IFLA_INET6_CONF);
        return Optional.of(at.rest())
                .filter(values -> values.remaining() >= (number + 1) * Integer.BYTES)
                .map(values -> String.valueOf(values.getInt(number * Integer.BYTES)));
    }

    private static AttributeCursor inside(AttributeCursor attributes, int type) {
        while (attributes.next()) {
            if (attributes.type() == type) {
                return attributes.nested();
            }
        }
        return new AttributeCursor(ByteBuffer.allocate(0));
    }
}
