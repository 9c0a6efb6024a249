package io.cnm4j.api.model;

/**
 * Ports of a container, such as {@code 80/tcp} or {@code 8000-8010/udp}.
 *
 * @param protocol the protocol
 * @param ports the ports
 */
public record ContainerPorts(TransportProtocol protocol, PortRange ports) {

    /**
     * Returns the ports of this text; without {@code /protocol} they are of TCP.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if it is none
     */
    public static ContainerPorts parse(String text) {
        int slash = text.lastIndexOf('/');
        return slash < 0
                ? new ContainerPorts(TransportProtocol.TCP, PortRange.parse(text))
                : new ContainerPorts(
                        TransportProtocol.parse(text.substring(slash + 1)), PortRange.parse(text.substring(0, slash)));
    }

    @Override
    public String toString() {
        return ports + "/" + protocol;
    }
}
