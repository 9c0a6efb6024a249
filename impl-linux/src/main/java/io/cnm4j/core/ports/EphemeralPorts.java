package io.cnm4j.core.ports;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The ports of which the host gives any to whoever asks for none in particular.
 *
 * @param range from the first to the last, {@code net.ipv4.ip_local_port_range}
 * @param reserved those in it that are not given, {@code net.ipv4.ip_local_reserved_ports}
 */
public record EphemeralPorts(PortRange range, List<PortRange> reserved) {
    /** RFC 6335, section 6: for hosts that do not say. */
    public static final EphemeralPorts NONE = new EphemeralPorts(new PortRange(49153, 65535), List.of());

    /** Copies the list. */
    public EphemeralPorts {
        reserved = List.copyOf(reserved);
    }

    /** Reads them with a function that returns kernel parameters. */
    public static EphemeralPorts read(Function<String, Optional<String>> sysctl) {
        PortRange range = sysctl.apply("net.ipv4.ip_local_port_range")
                .flatMap(text -> range(text.trim().replaceAll("\\s+", "-")))
                .orElse(NONE.range());
        var reserved = new ArrayList<PortRange>();
        for (String part : sysctl.apply("net.ipv4.ip_local_reserved_ports")
                .orElse("")
                .trim()
                .split(",", -1)) {
            range(part).ifPresent(reserved::add);
        }
        return new EphemeralPorts(range, reserved);
    }

    private static Optional<PortRange> range(String text) {
        try {
            return Optional.of(PortRange.parse(text));
        } catch (InvalidRequestException other) {
            return Optional.empty(); // an empty list, or what a newer kernel says
        }
    }

    boolean isReserved(int port) {
        return reserved.stream().anyMatch(ports -> ports.first() <= port && port <= ports.last());
    }
}
