package io.cnm4j.driver.remote.protocol;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.TransportProtocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The ports that an endpoint is to be published on, as the engine puts them into its options: one binding for each port inside. Stateless. */
public final class PortBindings {
    /** The option. */
    public static final String OPTION = "com.docker.network.portmap";

    private PortBindings() {}

    /** Reads them from the options of a request; none if they are not there. */
    public static List<PublishedPort> read(Fields options) {
        return options.objects(OPTION).stream().map(PortBindings::binding).toList();
    }

    private static PublishedPort binding(Fields fields) {
        int number = fields.number("Proto");
        TransportProtocol protocol = Stream.of(TransportProtocol.values())
                .filter(one -> one.number() == number)
                .findFirst()
                .orElseThrow(() -> fields.wrong("Proto", "6, 17 or 132", number));
        int first = fields.number("HostPort");
        int last = Math.max(first, fields.number("HostPortEnd"));
        String address = fields.text("HostIP");
        return new PublishedPort(
                address.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(address)),
                first == 0 ? Optional.empty() : Optional.of(new PortRange(first, last)),
                new ContainerPorts(protocol, PortRange.of(fields.number("Port"))));
    }

    /** Returns them as JSON. */
    public static List<Map<String, Object>> write(List<PublishedPort> wishes) {
        return wishes.stream().flatMap(PortBindings::bindings).toList();
    }

    private static Stream<Map<String, Object>> bindings(PublishedPort wish) {
        PortRange inside = wish.container().ports();
        return IntStream.range(0, inside.count()).mapToObj(index -> {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("Proto", wish.container().protocol().number());
            fields.put("IP", "");
            fields.put("Port", inside.at(index));
            fields.put("HostIP", wish.hostAddress().map(IpAddress::toString).orElse(""));
            boolean paired = inside.count() > 1;
            fields.put(
                    "HostPort",
                    wish.hostPorts().map(ports -> ports.at(paired ? index : 0)).orElse(0));
            fields.put(
                    "HostPortEnd",
                    wish.hostPorts()
                            .map(ports -> paired ? ports.at(index) : ports.last())
                            .orElse(0));
            return fields;
        });
    }
}
