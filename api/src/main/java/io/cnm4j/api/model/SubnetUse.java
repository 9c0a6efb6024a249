package io.cnm4j.api.model;

import io.cnm4j.api.NetworkId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a subnet of a network was used at one moment.
 *
 * @param network whose it is
 * @param networkName the same for people
 * @param pool the subnet
 * @param range the part from which addresses are taken, if narrower
 * @param used how many addresses are not free: those listed, those of other networks that share the subnet, and its first and
 *     broadcast address
 * @param available how many can still be taken without being asked for by name, at most {@link Long#MAX_VALUE}; absent if the IPAM
 *     driver does not tell
 * @param addresses the network's addresses in it, lowest first
 */
public record SubnetUse(
        NetworkId network,
        String networkName,
        IpPrefix pool,
        Optional<IpPrefix> range,
        long used,
        OptionalLong available,
        List<AddressUse> addresses) {
    /** Copies the list. */
    public SubnetUse {
        addresses = List.copyOf(addresses);
    }
}
