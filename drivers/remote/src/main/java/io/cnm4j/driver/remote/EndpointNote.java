package io.cnm4j.driver.remote;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.driver.remote.protocol.JoinAnswer;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a plug-in chose for an endpoint, as the endpoint's note keeps it.
 *
 * @param link the interface on the host that is to be moved into the sandbox
 * @param ownMac whether the interface keeps the hardware address that it has
 * @param needsWayOut whether a sandbox that has no gateway is to get another way outside; false before the plug-in was asked to join
 * @param gateways default gateways
 * @param routes more routes, {@code DESTINATION} or {@code DESTINATION via NEXT-HOP} each
 */
record EndpointNote(
        Optional<String> link, boolean ownMac, boolean needsWayOut, List<IpAddress> gateways, List<String> routes) {
    private static final String LINK = "plugin.link";
    private static final String OWN = "plugin.mac";

    /** Nobody chose a hardware address. */
    static final Map<String, String> OWN_MAC = Map.of(OWN, "own");

    private static final String WAY_OUT = "plugin.wayout";
    private static final String GATEWAYS = "plugin.gateways";
    private static final String ROUTES = "plugin.routes";
    private static final String VIA = " via ";

    /** Returns all that a join changes in a note: whatever an earlier one left there is written over. */
    static Map<String, String> of(JoinAnswer answer) {
        var note = new LinkedHashMap<String, String>();
        note.put(LINK, answer.link().map(JoinAnswer.Link::source).orElse(""));
        note.put(WAY_OUT, answer.disableGatewayService() ? "" : "needed");
        var gateways = new ArrayList<String>();
        answer.gateway4().ifPresent(gateway -> gateways.add(gateway.toString()));
        answer.gateway6().ifPresent(gateway -> gateways.add(gateway.toString()));
        note.put(GATEWAYS, String.join(",", gateways));
        note.put(
                ROUTES,
                String.join(
                        ",",
                        answer.routes().stream()
                                .flatMap(route -> route.destination().stream()
                                        .map(destination -> destination
                                                + route.nextHop()
                                                        .filter(hop -> !route.connected())
                                                        .map(hop -> VIA + hop)
                                                        .orElse("")))
                                .toList()));
        return note;
    }

    static EndpointNote read(Map<String, String> note) {
        return new EndpointNote(
                Optional.ofNullable(note.get(LINK)).filter(link -> !link.isEmpty()),
                note.containsKey(OWN),
                !note.getOrDefault(WAY_OUT, "").isEmpty(),
                list(note, GATEWAYS).stream().map(IpAddress::parse).toList(),
                list(note, ROUTES));
    }

    private static List<String> list(Map<String, String> note, String key) {
        String text = note.getOrDefault(key, "");
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    /** Returns the routes through an interface. */
    List<RouteSpec> routesBy(String interfaceName) {
        return routes.stream().map(text -> route(text, interfaceName)).toList();
    }

    private static RouteSpec route(String text, String interfaceName) {
        int via = text.indexOf(VIA);
        return via < 0
                ? new RouteSpec(IpPrefix.parse(text), Optional.empty(), interfaceName)
                : new RouteSpec(
                        IpPrefix.parse(text.substring(0, via)),
                        Optional.of(IpAddress.parse(text.substring(via + VIA.length()))),
                        interfaceName);
    }
}
