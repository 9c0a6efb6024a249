package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.Optional;

/**
 * A wish: ports of a container are reached through ports of the host. Text is {@code hostIP:hostPort:port/protocol} as Docker
 * writes it; host address, host port and protocol may be left out, an IPv6 address is in brackets.
 *
 * @param hostAddress the host's address; absent for any of both families. {@code 0.0.0.0} and {@code ::} are any of one
 * @param hostPorts the host's ports; absent for any free ones. As many as the container's, each stands for one of those; more than
 *     that, with one port of the container, the first free one is taken
 * @param container the container's ports
 */
public record PublishedPort(Optional<IpAddress> hostAddress, Optional<PortRange> hostPorts, ContainerPorts container) {

    /** Refuses ranges that do not fit each other and addresses that no host has. */
    public PublishedPort {
        int wanted = container.ports().count();
        if (hostPorts.isPresent() && wanted > 1 && hostPorts.orElseThrow().count() != wanted) {
            throw new InvalidRequestException("host ports " + hostPorts.orElseThrow() + " and container ports "
                    + container + " are not equally many; give " + wanted + " host ports, or none");
        }
        hostAddress.filter(IpAddress::isMulticast).ifPresent(address -> {
            throw new InvalidRequestException(
                    "host address " + address + " is multicast; choose one that the host has, or none");
        });
    }

    /** Returns the wish that container ports are reached through any free port of any address. */
    public static PublishedPort anywhere(ContainerPorts container) {
        return new PublishedPort(Optional.empty(), Optional.empty(), container);
    }

    /**
     * Returns the wish of this text: {@code 80}, {@code 8001:80}, {@code 127.0.0.1:8001:80/tcp}, {@code [::1]::53/udp},
     * {@code 8000-8010:80}.
     *
     * @throws InvalidRequestException if it is none; the message says what is wrong
     */
    public static PublishedPort parse(String text) {
        int slash = text.indexOf('/');
        String ends = slash < 0 ? text : text.substring(0, slash);
        int last = ends.lastIndexOf(':');
        try {
            ContainerPorts container = ContainerPorts.parse(text.substring(last + 1));
            if (last < 0) {
                return anywhere(container);
            }
            String host = ends.substring(0, last);
            int before = host.lastIndexOf(':');
            String ports = host.substring(before + 1);
            return new PublishedPort(
                    before < 0 ? Optional.empty() : Optional.of(address(host.substring(0, before))),
                    ports.isEmpty() || ports.equals("0") ? Optional.empty() : Optional.of(PortRange.parse(ports)),
                    container);
        } catch (InvalidRequestException wrong) {
            throw new InvalidRequestException(
                    "published port '" + text + "' is not hostIP:hostPort:port/protocol: " + wrong.getMessage());
        }
    }

    private static IpAddress address(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        IpAddress address = IpAddress.parse(brackets ? text.substring(1, text.length() - 1) : text);
        if (brackets != (address.family() == Family.IPV6)) {
            throw new InvalidRequestException("an IPv6 address, and no other, is written in brackets");
        }
        return address;
    }

    @Override
    public String toString() {
        String address = hostAddress
                .map(a -> a.family() == Family.IPV6 ? "[" + a + "]:" : a + ":")
                .orElse("");
        String ports = hostPorts.map(PortRange::toString).orElse("");
        return address.isEmpty() && ports.isEmpty() ? container.toString() : address + ports + ":" + container;
    }
}
