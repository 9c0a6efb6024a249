package io.cnm4j.spi.ipam;

/** The pools of one controller. */
public interface Ipam {

    /** Tells whether {@link AddressRequest#mac} must be given. */
    default boolean requiresMac() {
        return false;
    }

    /**
     * Takes a pool.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if it cannot be: host bits, a range outside, a size that fits no base
     * @throws io.cnm4j.api.error.ConflictException if it overlaps one that is taken; the message names that one
     * @throws io.cnm4j.api.error.ExhaustedException if no subnet of the size is left; the message says what is in the way
     */
    AddressPoolLease requestPool(PoolRequest request);

    /** Tells whether leases are kept by somebody else too, who must be told of their end. Then to take back what a record speaks of asks nobody. */
    default boolean external() {
        return false;
    }

    /**
     * Takes back a pool that a record speaks of.
     *
     * @throws io.cnm4j.api.error.ConflictException if it overlaps one that is taken
     */
    AddressPoolLease restorePool(PoolState state);
}
