package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.Optional;

/**
 * A line of a sandbox' hosts file.
 *
 * @param name the name
 * @param address its address; absent stands for the sandbox' gateway, IPv4 if it has one: the line is there while it has
 */
public record ExtraHost(String name, Optional<IpAddress> address) {
    private static final String GATEWAY = "host-gateway";

    /** Refuses a name that is none. */
    public ExtraHost {
        DnsNames.check(name);
    }

    /** Returns a line for this address. */
    public static ExtraHost of(String name, IpAddress address) {
        return new ExtraHost(name, Optional.of(address));
    }

    /** Returns a line for whatever gateway the sandbox has: the host, on a bridge network. */
    public static ExtraHost gateway(String name) {
        return new ExtraHost(name, Optional.empty());
    }

    /**
     * Returns what {@code name:address} says; the address may be {@code host-gateway}, and an IPv6 one may stand in brackets.
     *
     * @throws InvalidRequestException if it is neither
     */
    public static ExtraHost parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new InvalidRequestException("extra host '" + text + "' must be name:address or name:" + GATEWAY);
        }
        String address = text.substring(colon + 1);
        if (address.equals(GATEWAY)) {
            return gateway(text.substring(0, colon));
        }
        boolean brackets = address.startsWith("[") && address.endsWith("]");
        return of(
                text.substring(0, colon),
                IpAddress.parse(brackets ? address.substring(1, address.length() - 1) : address));
    }

    /** Returns what {@link #parse} reads. */
    @Override
    public String toString() {
        return name + ":" + address.map(IpAddress::toString).orElse(GATEWAY);
    }
}
