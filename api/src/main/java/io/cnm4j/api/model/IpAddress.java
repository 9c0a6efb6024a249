package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address without a zone.
 *
 * @param family its family
 * @param high the upper 64 bits of an IPv6 address in network order; 0 for IPv4
 * @param low the lower 64 bits; for IPv4 the address in the lower 32
 */
public record IpAddress(Family family, long high, long low) implements Comparable<IpAddress> {
    private static final long IPV4_MASK = 0xffff_ffffL;

    /** Refuses bits that the family does not have. */
    public IpAddress {
        if (family == Family.IPV4 && (high != 0 || (low & ~IPV4_MASK) != 0)) {
            throw new InvalidRequestException("an IPv4 address has 32 bits, got high=" + high + " low=" + low);
        }
    }

    /** Returns the IPv4 address whose 32 bits are {@code bits}. */
    public static IpAddress ipv4(int bits) {
        return new IpAddress(Family.IPV4, 0, bits & IPV4_MASK);
    }

    /** Returns the IPv6 address with these bits. */
    public static IpAddress ipv6(long high, long low) {
        return new IpAddress(Family.IPV6, high, low);
    }

    /**
     * Returns the address in textual form, RFC 791 dotted quad or RFC 4291 section 2.2.
     *
     * @throws InvalidRequestException if it is anything else: a host name, a zone, a short form such as 10.1
     */
    public static IpAddress parse(String text) {
        return IpText.parse(text);
    }

    /** Returns the address in network order: 4 or 16 octets. An IPv4-mapped IPv6 address stays IPv6. */
    public static IpAddress of(byte[] octets) {
        return switch (octets.length) {
            case 4 -> ipv4(ByteBuffer.wrap(octets).getInt());
            case 16 ->
                ipv6(ByteBuffer.wrap(octets).getLong(), ByteBuffer.wrap(octets).getLong(8));
            default -> throw new InvalidRequestException("an address has 4 or 16 octets, got " + octets.length);
        };
    }

    /** Returns the same address; a zone is dropped. */
    public static IpAddress of(InetAddress address) {
        return of(address.getAddress());
    }

    /** Returns a new array of 4 or 16 octets in network order. */
    public byte[] octets() {
        return family == Family.IPV4
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** Returns the JDK's form of this address. */
    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(octets());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 octets are always an address", e);
        }
    }

    /** Returns the address {@code distance} further on, wrapping at the end of the family. */
    public IpAddress plus(long distance) {
        if (family == Family.IPV4) {
            return ipv4((int) (low + distance));
        }
        long sum = low + distance;
        long carry = distance >= 0
                ? (Long.compareUnsigned(sum, low) < 0 ? 1 : 0)
                : (Long.compareUnsigned(sum, low) > 0 ? -1 : 0);
        return ipv6(high + carry, sum);
    }

    /** Tells whether this is 0.0.0.0 or ::. */
    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    /** Tells whether this is in 127.0.0.0/8 or is ::1. */
    public boolean isLoopback() {
        return family == Family.IPV4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** Tells whether this is in 224.0.0.0/4 or ff00::/8. */
    public boolean isMulticast() {
        return family == Family.IPV4 ? low >>> 28 == 0xe : high >>> 56 == 0xff;
    }

    /** Tells whether this is in 169.254.0.0/16 or fe80::/10. */
    public boolean isLinkLocal() {
        return family == Family.IPV4 ? low >>> 16 == 0xa9fe : high >>> 54 == 0x3fa;
    }

    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        if (byFamily != 0) {
            return byFamily;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Returns the textual form: dotted quad, or RFC 5952. */
    @Override
    public String toString() {
        return IpText.format(this);
    }
}
