package io.cnm4j.spi.driver;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.Map;
import java.util.Optional;

/**
 * A subnet of a network.
 *
 * @param subnet the subnet
 * @param gateway its gateway, if the driver wanted one or the user gave one
 * @param auxiliary addresses kept for something else, by name
 */
public record NetworkPool(IpPrefix subnet, Optional<IpAddress> gateway, Map<String, IpAddress> auxiliary) {
    /** Copies the map. */
    public NetworkPool {
        auxiliary = Map.copyOf(auxiliary);
    }
}
