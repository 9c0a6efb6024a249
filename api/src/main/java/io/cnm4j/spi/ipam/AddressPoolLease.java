package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.host.Deadline;
import java.util.List;
import java.util.Optional;

/** A pool that is taken. */
public interface AddressPoolLease {

    /** Returns the same pool with a bound on what is asked of somebody else for it; itself if nobody is asked. */
    default AddressPoolLease within(Deadline deadline) {
        return this;
    }

    /** Returns what a record must keep to have it again. */
    PoolState state();

    /** Returns the gateway that comes with the pool and need not be requested, if there is one. */
    default Optional<IpAddress> gateway() {
        return Optional.empty();
    }

    /** Returns how the pool is used at this moment, if that can be told. */
    default Optional<PoolUse> use() {
        return Optional.empty();
    }

    /** Returns the addresses that are leased from it at this moment, lowest first; empty if that cannot be told. */
    default List<IpAddress> leased() {
        return List.of();
    }

    /**
     * Takes an address.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if the one asked for lies outside the pool
     * @throws io.cnm4j.api.error.ConflictException if the one asked for is taken
     * @throws io.cnm4j.api.error.ExhaustedException if none is left; the message names the pool and its use
     */
    IpAddress request(AddressRequest request);

    /** Marks as taken an address that a record speaks of; taken already is fine. */
    void restore(IpAddress address);

    /** Gives back an address that was leased from this pool; free already is fine. */
    void release(IpAddress address);

    /** Gives the pool back with all its addresses. Idempotent. */
    void close();
}
