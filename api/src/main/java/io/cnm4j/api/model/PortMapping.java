package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;

/**
 * How ports of a container are reached. Text is {@code 0.0.0.0:8001:80/tcp}.
 *
 * @param address the host's address, {@code 0.0.0.0} or {@code ::} for any of that family; where a network is routed the container's own
 * @param ports the ports at that address
 * @param container the container's ports, as many
 */
public record PortMapping(IpAddress address, PortRange ports, ContainerPorts container) {

    /** Refuses ranges that are not equally long. */
    public PortMapping {
        if (ports.count() != container.ports().count()) {
            throw new InvalidRequestException("ports " + ports + " and " + container + " are not equally many");
        }
    }

    /**
     * Returns the mapping of this text.
     *
     * @throws InvalidRequestException if it is none
     */
    public static PortMapping parse(String text) {
        PublishedPort port = PublishedPort.parse(text);
        return new PortMapping(
                port.hostAddress().orElseThrow(() -> new InvalidRequestException("'" + text + "' names no address")),
                port.hostPorts().orElseThrow(() -> new InvalidRequestException("'" + text + "' names no port")),
                port.container());
    }

    /** Returns the protocol. */
    public TransportProtocol protocol() {
        return container.protocol();
    }

    /** Returns the family of the address at which it is reached. */
    public Family family() {
        return address.family();
    }

    @Override
    public String toString() {
        String host = family() == Family.IPV6 ? "[" + address + "]" : address.toString();
        return host + ":" + ports + ":" + container;
    }
}
