package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.UsedSubnets;
import java.util.Map;
import java.util.Optional;

/**
 * A wish for a pool.
 *
 * @param owner who it is for, for messages, such as {@code network 'web'}
 * @param family the family
 * @param pool the subnet; an unspecified address asks for any of that length; absent leaves all to the driver
 * @param range the part of the subnet from which addresses are taken
 * @param inUse what a dynamic pool must not overlap
 * @param options the network's IPAM options
 */
public record PoolRequest(
        String owner,
        Family family,
        Optional<IpPrefix> pool,
        Optional<IpPrefix> range,
        UsedSubnets inUse,
        Map<String, String> options) {
    /** Copies the map. */
    public PoolRequest {
        options = Map.copyOf(options);
    }
}
