package io.cnm4j.driver.remote.protocol;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a sandbox gets from an endpoint.
 *
 * @param link the interface to be moved into the sandbox; none if the plug-in sees to it, or there is none
 * @param gateway4 IPv4 default gateway
 * @param gateway6 IPv6 default gateway
 * @param routes more routes
 * @param disableGatewayService whether the sandbox is not to be given another way outside
 */
public record JoinAnswer(
        Optional<Link> link,
        Optional<IpAddress> gateway4,
        Optional<IpAddress> gateway6,
        List<Route> routes,
        boolean disableGatewayService) {
    /** Copies the list. */
    public JoinAnswer {
        routes = List.copyOf(routes);
    }

    /**
     * An interface.
     *
     * @param source its name on the host
     * @param name its full name in the sandbox, empty to number it
     * @param prefix what its name in the sandbox begins with, such as {@code eth}
     */
    public record Link(String source, String name, String prefix) {}

    /**
     * A route.
     *
     * @param destination the destination; absent if the plug-in gave none
     * @param connected whether it is on the link (type 1) and not by a next hop (type 0)
     * @param nextHop the next hop
     */
    public record Route(Optional<IpPrefix> destination, boolean connected, Optional<IpAddress> nextHop) {}

    /** Reads an answer. */
    public static JoinAnswer read(Fields fields) {
        return new JoinAnswer(
                fields.object("InterfaceName")
                        .map(link -> new Link(link.text("SrcName"), link.text("DstName"), link.text("DstPrefix")))
                        .filter(link -> !link.source().isEmpty()),
                Texts.optionalAddress(fields, "Gateway"),
                Texts.optionalAddress(fields, "GatewayIPv6"),
                fields.objects("StaticRoutes").stream().map(JoinAnswer::route).toList(),
                fields.flag("DisableGatewayService"));
    }

    private static Route route(Fields fields) {
        int type = fields.number("RouteType");
        if (type != 0 && type != 1) {
            throw fields.wrong("RouteType", "0 (next hop) or 1 (connected)", type);
        }
        return new Route(
                Texts.optionalPrefix(fields, "Destination"), type == 1, Texts.optionalAddress(fields, "NextHop"));
    }

    /** Returns it as JSON fields. */
    public Map<String, Object> write() {
        var fields = new LinkedHashMap<String, Object>();
        link.ifPresent(l -> {
            var name = new LinkedHashMap<String, Object>();
            name.put("SrcName", l.source());
            name.put("DstName", l.name());
            name.put("DstPrefix", l.prefix());
            fields.put("InterfaceName", name);
        });
        fields.put("Gateway", gateway4.map(IpAddress::toString).orElse(""));
        fields.put("GatewayIPv6", gateway6.map(IpAddress::toString).orElse(""));
        fields.put("StaticRoutes", routes.stream().map(JoinAnswer::write).toList());
        fields.put("DisableGatewayService", disableGatewayService);
        return fields;
    }

    private static Map<String, Object> write(Route route) {
        return Map.of(
                "Destination", route.destination.map(IpPrefix::toString).orElse(""),
                "RouteType", route.connected ? 1 : 0,
                "NextHop", route.nextHop.map(IpAddress::toString).orElse(""));
    }
}
