package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import java.util.Optional;

/**
 * A wish for an address.
 *
 * @param preferred the address to have; any free one of the range if absent
 * @param purpose what it is for
 * @param endpoint the endpoint's name, empty for a gateway
 * @param mac the endpoint's hardware address, where the driver asked for it
 */
public record AddressRequest(
        Optional<IpAddress> preferred, Purpose purpose, String endpoint, Optional<MacAddress> mac) {
    /** What an address is for. */
    public enum Purpose {
        /** An endpoint. */
        ENDPOINT,
        /** The network's gateway. */
        GATEWAY,
        /** Something outside cnm4j: it is only kept from being handed out. */
        AUXILIARY
    }

    /** Any address for an endpoint. */
    public static final AddressRequest ANY =
            new AddressRequest(Optional.empty(), Purpose.ENDPOINT, "", Optional.empty());

    /** Any address for a gateway. */
    public static final AddressRequest GATEWAY =
            new AddressRequest(Optional.empty(), Purpose.GATEWAY, "", Optional.empty());

    /** Returns the wish for exactly this address. */
    public static AddressRequest exactly(IpAddress address, Purpose purpose) {
        return new AddressRequest(Optional.of(address), purpose, "", Optional.empty());
    }
}
