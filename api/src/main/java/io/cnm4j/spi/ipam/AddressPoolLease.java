package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.IpAddress;

/** A pool that is taken. */
public interface AddressPoolLease {

    /** Returns what a record must keep to have it again. */
    PoolState state();

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

    /** Gives an address back; free already is fine. */
    void release(IpAddress address);

    /** Gives the pool back with all its addresses. Idempotent. */
    void close();
}
