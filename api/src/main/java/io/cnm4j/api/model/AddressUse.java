package io.cnm4j.api.model;

import io.cnm4j.api.EndpointId;
import java.util.Optional;

/**
 * An address that is not free.
 *
 * @param address the address
 * @param kind what it is for
 * @param owner whose it is, for people, such as {@code endpoint 'db'}
 * @param endpoint the endpoint, if it is one's
 */
public record AddressUse(IpAddress address, Kind kind, String owner, Optional<EndpointId> endpoint) {
    /** What an address is for. */
    public enum Kind {
        /** It is the gateway of a subnet. */
        GATEWAY,
        /** It is in use by something outside cnm4j, as the network's request says. */
        AUXILIARY,
        /** It is an endpoint's. */
        ENDPOINT,
        /** No record speaks of it: a call that has leased it, or gives it back, is not over yet. */
        IN_FLIGHT
    }
}
