package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;

/**
 * An address and a prefix length: a subnet such as 10.1.0.0/16, or an interface address such as 10.1.0.5/16. Host bits are
 * allowed; {@link #subnet()} clears them and {@link #hasHostBits()} tells.
 *
 * @param address the address, host bits included
 * @param length the prefix length, 0 to 32 or 128
 */
public record IpPrefix(IpAddress address, int length) {
    /** Refuses a length outside the family. */
    public IpPrefix {
        if (length < 0 || length > address.family().bits()) {
            throw new InvalidRequestException("prefix length of " + address + "/" + length + " must be 0 to "
                    + address.family().bits());
        }
    }

    /**
     * Returns the prefix written as address/length (RFC 4632, RFC 4291 section 2.3).
     *
     * @throws InvalidRequestException if it is anything else
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        String digits = slash < 0 ? "" : text.substring(slash + 1);
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidRequestException("'" + text + "' is not a subnet; write it like 10.1.0.0/16 or fd00::/64");
        }
        return new IpPrefix(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(digits));
    }

    /** Returns the family of the address. */
    public Family family() {
        return address.family();
    }

    /** Tells whether bits after the prefix are set. */
    public boolean hasHostBits() {
        return (address.high() & ~highMask()) != 0 || (address.low() & ~lowMask()) != 0;
    }

    /** Returns this prefix with all host bits cleared. */
    public IpPrefix subnet() {
        return hasHostBits() ? new IpPrefix(masked(address), length) : this;
    }

    /** Returns the last address of the subnet: the broadcast address of an IPv4 subnet. */
    public IpAddress last() {
        return new IpAddress(family(), address.high() | ~highMask(), address.low() | ~lowMask());
    }

    /** Tells whether {@code other} lies in this subnet; false for the other family. */
    public boolean contains(IpAddress other) {
        return other.family() == family()
                && ((other.high() ^ address.high()) & highMask()) == 0
                && ((other.low() ^ address.low()) & lowMask()) == 0;
    }

    /** Tells whether all of {@code other} lies in this subnet; false for the other family. */
    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.address);
    }

    /** Tells whether the two subnets share an address; false for two families. */
    public boolean overlaps(IpPrefix other) {
        return contains(other) || other.contains(this);
    }

    /** Returns {@code other} with this prefix' length: the address as an interface of this subnet carries it. */
    public IpPrefix withAddress(IpAddress other) {
        return new IpPrefix(other, length);
    }

    private IpAddress masked(IpAddress other) {
        return new IpAddress(family(), other.high() & highMask(), other.low() & lowMask());
    }

    private long highMask() {
        return family() == Family.IPV4 ? -1 : mask(Math.min(64, length));
    }

    private long lowMask() {
        return mask(family() == Family.IPV4 ? length + 32 : Math.max(0, length - 64));
    }

    private static long mask(int ones) {
        return ones == 0 ? 0 : -1L << (64 - ones);
    }

    /** Returns address/length. */
    @Override
    public String toString() {
        return address + "/" + length;
    }
}
