package io.cnm4j.core;

import io.cnm4j.api.model.Exposure.Origin;
import io.cnm4j.api.model.Finding;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.PacketWay;
import io.cnm4j.spi.plan.HostFirewall;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names what other programs' firewalls keep from networks that are in use. Nothing is ever done about it: somebody must decide. */
final class Barred {
    private final Engine engine;

    Barred(Engine engine) {
        this.engine = engine;
    }

    List<Finding> findings() {
        Map<PacketWay, NetworkRecord> ways = new LinkedHashMap<>();
        for (NetworkRecord network : engine.parts.ledger().networks()) {
            List<EndpointRecord> joined = engine.parts.ledger().endpointsOn(network.id()).stream()
                    .filter(endpoint -> endpoint.joined().isPresent())
                    .toList();
            boolean published = joined.stream().anyMatch(endpoint -> isReachedThrough(network, endpoint));
            if (!joined.isEmpty()) {
                for (String link : HostFirewall.passable(engine.compose.network(network))) {
                    ways.put(PacketWay.from(link), network);
                    ways.put(PacketWay.backTo(link), network);
                    if (published) {
                        ways.put(PacketWay.to(link), network);
                    }
                }
            }
        }
        Map<PacketWay, List<String>> barriers =
                ways.isEmpty() ? Map.of() : engine.parts.host().barriers(ways.keySet());
        var findings = new ArrayList<Finding>();
        ways.forEach((way, network) -> barriers.getOrDefault(way, List.of()).stream()
                .filter(chain -> network.ipv4() || !chain.startsWith("ip "))
                .filter(chain -> network.ipv6() || !chain.startsWith("ip6 "))
                .forEach(chain -> findings.add(finding(network, chain, way))));
        return findings;
    }

    /** Tells whether others than the host itself are to reach a port of the endpoint by forwarding. */
    private boolean isReachedThrough(NetworkRecord network, EndpointRecord endpoint) {
        Publishing publishing = engine.publishing;
        NetworkState state = network.state(engine.parts.ledger().controller());
        return endpoint.joined().map(Joined::ports).orElse(List.of()).stream()
                .anyMatch(mapping -> !publishing
                                .publisher(network)
                                .reachedFrom(state, mapping)
                                .equals(EnumSet.of(Origin.HOST))
                        && !publishing.ways(network, endpoint, mapping).contains(PacketWay.toHost()));
    }

    private static Finding finding(NetworkRecord network, String chain, PacketWay way) {
        String[] words = chain.split(" ", 3);
        boolean legacy = words[2].endsWith(HostView.LEGACY);
        boolean iptables = !words[0].equals("inet") && (legacy || words[2].equals("FORWARD"));
        boolean from = way.kind() == PacketWay.Kind.FROM_LINK;
        boolean back = way.kind() == PacketWay.Kind.BACK_TO_LINK;
        String line = iptables
                ? (words[0].equals("ip") ? "iptables" : "ip6tables") + (legacy ? "-legacy" : "") + " -I FORWARD "
                        + (from ? "-i " : "-o ") + way.link()
                        + (back ? " -m conntrack --ctstate RELATED,ESTABLISHED" : "") + " -j ACCEPT"
                : "nft insert rule " + chain + (from ? " iifname " : " oifname ") + way.link()
                        + (back ? " ct state established,related" : "") + " accept";
        String what = from
                ? "what comes from '"
                : back ? "answers to what comes from '" : "what comes to published ports behind '";
        return new Finding(
                Finding.Kind.BLOCKED,
                Owner.of(network).subject(),
                Owner.of(network).label(),
                Optional.empty(),
                "chain '" + chain + "' of another program drops " + what + way.link()
                        + "'; let it pass in the terms of that program, or by '" + line + "'");
    }
}
