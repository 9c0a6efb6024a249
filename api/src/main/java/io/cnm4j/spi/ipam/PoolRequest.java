package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A wish for a pool.
 *
 * @param owner the network it is for, for messages
 * @param family the family
 * @param pool the subnet; an unspecified address asks for any of that length; absent leaves all to the driver
 * @param range the part of the subnet from which addresses are taken
 * @param exclude subnets that a dynamic pool must not overlap
 * @param options the network's IPAM options
 */
public record PoolRequest(
        String owner,
        Family family,
        Optional<IpPrefix> pool,
        Optional<IpPrefix> range,
        Set<IpPrefix> exclude,
        Map<String, String> options) {
    /** Copies the collections. */
    public PoolRequest {
        exclude = Set.copyOf(exclude);
        options = Map.copyOf(options);
    }
}
