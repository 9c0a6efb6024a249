package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;

/**
 * A range of addresses that is cut into subnets of one size.
 *
 * @param base the range, without host bits
 * @param size the prefix length of each subnet, at least that of the base
 */
public record AddressPool(IpPrefix base, int size) {
    /** Refuses host bits and a size that does not fit the base. */
    public AddressPool {
        if (base.hasHostBits()) {
            throw new InvalidRequestException(
                    "address pool base " + base + " has host bits set; did you mean " + base.subnet() + "?");
        }
        if (size < base.length() || size > base.family().bits() || size == 0) {
            throw new InvalidRequestException("address pool size /" + size + " does not fit base " + base + "; choose "
                    + Math.max(1, base.length()) + " to " + base.family().bits());
        }
    }

    /** Returns the pool {@code base} cut into subnets of prefix length {@code size}. */
    public static AddressPool of(String base, int size) {
        return new AddressPool(IpPrefix.parse(base), size);
    }
}
