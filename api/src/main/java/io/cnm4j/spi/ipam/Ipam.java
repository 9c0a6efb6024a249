package io.cnm4j.spi.ipam;

import io.cnm4j.spi.host.Deadline;

/** The pools of one address space. */
public interface Ipam {

    /** Returns the same with a bound on what is asked of somebody else; itself if nobody is asked. Pools that it gives have no such bound. */
    default Ipam within(Deadline deadline) {
        return this;
    }

    /** Tells whether {@link AddressRequest#mac} must be given. */
    default boolean requiresMac() {
        return false;
    }

    /**
     * Tells whether addresses are handed out at all. If not, networks have no subnets here and endpoints no addresses: these
     * come from elsewhere, and only drivers that can do without accept that.
     */
    default boolean givesAddresses() {
        return true;
    }

    /**
     * Takes a pool. Several may share one subnet and its addresses: each after the first asks for a range, and no two for the same.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if it cannot be: host bits, a range outside, a size that fits no base
     * @throws io.cnm4j.api.error.ConflictException if it overlaps one that is taken; the message names that one
     * @throws io.cnm4j.api.error.ExhaustedException if no subnet of the size is left; the message says who is in the way
     */
    AddressPoolLease requestPool(PoolRequest request);

    /** Tells whether leases are kept by somebody else too, who must be told of their end. Then to take back what a record speaks of asks nobody. */
    default boolean external() {
        return false;
    }

    /**
     * Takes back a pool that a record speaks of.
     *
     * @throws io.cnm4j.api.error.ConflictException if it overlaps one that is taken, unless the two may share a subnet
     */
    AddressPoolLease restorePool(PoolState state);
}
