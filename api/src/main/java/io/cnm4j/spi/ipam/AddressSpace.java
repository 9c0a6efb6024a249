package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.AddressPool;
import java.util.List;

/**
 * An address space: within one no subnets overlap, two know nothing of each other.
 *
 * @param scope for which networks it is
 * @param pools where dynamic subnets come from, in this order; the driver's own defaults for a family that has none here
 * @param host what tells this host and controller from all others, the same after every open: 1 or more characters
 */
public record AddressSpace(Scope scope, List<AddressPool> pools, String host) {
    /** How far networks reach. */
    public enum Scope {
        /** They end at the host. */
        LOCAL,
        /** They span the hosts of a cluster. */
        GLOBAL
    }

    /** Copies the list. */
    public AddressSpace {
        pools = List.copyOf(pools);
    }
}
