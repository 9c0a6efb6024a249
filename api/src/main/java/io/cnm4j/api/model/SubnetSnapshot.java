package io.cnm4j.api.model;

import java.util.Map;
import java.util.Optional;

/**
 * A subnet as allocated to a network.
 *
 * @param pool the subnet
 * @param range the part from which addresses are taken, if narrower
 * @param gateway the gateway, if the network has one
 * @param auxiliary addresses kept for something else, by name
 */
public record SubnetSnapshot(
        IpPrefix pool, Optional<IpPrefix> range, Optional<IpAddress> gateway, Map<String, IpAddress> auxiliary) {
    /** Copies the map. */
    public SubnetSnapshot {
        auxiliary = Map.copyOf(auxiliary);
    }
}
