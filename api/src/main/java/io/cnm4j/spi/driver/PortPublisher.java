package io.cnm4j.spi.driver;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.Exposure.Origin;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.spi.plan.Plan;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A driver on whose networks ports can be published. */
public interface PortPublisher {
    /** How ports of a network are reached from outside. */
    enum Mode {
        /** Through ports of the host: the core finds free ones. */
        TRANSLATED,
        /** At the container's own address, which the world outside knows the way to. */
        ROUTED,
        /** Not at all. */
        NONE
    }

    /** Returns how ports behind container addresses of this family are reached. */
    Mode portMode(NetworkState network, Family family);

    /** Returns the host address of ports that are published without one; any if absent. */
    Optional<IpAddress> hostAddress(NetworkState network);

    /** Tells whether ports of this protocol can be published on a network. */
    default boolean publishes(NetworkState network, TransportProtocol protocol) {
        return true;
    }

    /** Tells whether a program of the host answers at this port for an endpoint: its rules of input decide who gets in. */
    default boolean isRelayed(NetworkState network, EndpointState endpoint, PortMapping port) {
        return false;
    }

    /** Returns from where a port that is published on a network is reached. */
    default Set<Origin> reachedFrom(NetworkState network, PortMapping port) {
        return port.address().isLoopback() ? EnumSet.of(Origin.HOST) : EnumSet.allOf(Origin.class);
    }

    /**
     * Returns what the host needs so that the ports are reached, the same for the same records; nothing that endpoints share. Operations
     * that hold host ports are made right after the interface, all others after all of the attachment.
     *
     * @param ports not empty
     */
    Plan planPorts(NetworkState network, EndpointState endpoint, List<PortMapping> ports);

    /** Tells whether links of endpoints open anything on a network; where containers reach each other anyway they do not. */
    default boolean opensLinks(NetworkState network) {
        return false;
    }

    /**
     * Returns what the host needs so that an endpoint that links to another of its network reaches these ports of it, the same for the
     * same records; nothing where it reaches them anyway. BI-17
     *
     * @param ports those that the other exposes or publishes; not empty
     */
    default Plan planLink(NetworkState network, EndpointState from, EndpointState to, List<ContainerPorts> ports) {
        return Plan.EMPTY;
    }
}
