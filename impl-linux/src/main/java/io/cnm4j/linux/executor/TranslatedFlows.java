package io.cnm4j.linux.executor;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.conntrack.Connection;
import io.cnm4j.linux.conntrack.Connections;
import io.cnm4j.linux.rtnetlink.AddressState;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp.AddElements;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.PortElements;
import io.cnm4j.spi.plan.PortElements.Translation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Connections keep the translation with which they began. What began before a port was published would go on past it, what began while
 * it was would go on to an address that somebody else may have: both are forgotten with the change, so that the next packet begins anew.
 */
final class TranslatedFlows {
    private static final int TCP = 6; // begins anew by itself: a connection that is not answered is given up

    private final AddElements op;
    private final Site site;
    private final Connections connections;
    private final List<Translation> translations;

    private TranslatedFlows(AddElements op, List<FirewallElement> elements, Site site) {
        this.op = op;
        this.site = site;
        this.connections = new Connections(site.netfilter(), site.messages());
        this.translations = new ArrayList<>(elements.size());
        elements.forEach(element -> PortElements.translation(element).ifPresent(translations::add));
    }

    /** Forgets what was sent to these ports before they were translated. */
    static void appeared(AddElements op, List<FirewallElement> elements, Site site) {
        var flows = new TranslatedFlows(op, elements, site);
        var protocols = new EnumMap<Family, Set<Integer>>(Family.class);
        for (Translation translation : flows.translations) {
            if (translation.protocol() != TCP) {
                protocols
                        .computeIfAbsent(translation.container().family(), family -> new HashSet<>())
                        .add(translation.protocol());
            }
        }
        if (protocols.isEmpty() || flows.connections.isEmpty()) {
            return;
        }
        var found = new ArrayList<Connection>();
        protocols.forEach(
                (family, numbers) -> numbers.forEach(number -> found.addAll(flows.connections.of(family, number))));
        found.removeIf(connection -> connection.translated() || !flows.concerns(connection));
        flows.forget(flows.toThisHost(found));
    }

    /** Forgets what goes through these ports, which are not translated any more. */
    static void gone(AddElements op, List<FirewallElement> elements, Site site) {
        var flows = new TranslatedFlows(op, elements, site);
        if (flows.translations.isEmpty() || flows.connections.isEmpty()) {
            return;
        }
        var found = new ArrayList<Connection>();
        flows.containers().forEach(container -> found.addAll(flows.connections.answeredBy(container)));
        found.removeIf(connection -> !connection.translated() || !flows.concerns(connection));
        flows.forget(found);
    }

    private Set<IpAddress> containers() {
        return translations.stream().map(Translation::container).collect(Collectors.toSet());
    }

    private boolean concerns(Connection connection) {
        return byPort().getOrDefault(key(connection.protocol(), connection.port()), List.of()).stream()
                .anyMatch(isTo(connection));
    }

    private static Predicate<Translation> isTo(Connection connection) {
        return translation -> {
            int inside = translation.inside()
                    + connection.port()
                    - translation.ports().first();
            boolean answered =
                    connection.answerer().equals(translation.container()) && connection.answeringPort() == inside;
            return translation.container().family() == connection.destination().family()
                    && translation.host().map(connection.destination()::equals).orElse(true)
                    && (!connection.translated() || answered);
        };
    }

    private final Map<Integer, List<Translation>> index = new HashMap<>();

    private Map<Integer, List<Translation>> byPort() {
        if (index.isEmpty()) {
            for (Translation translation : translations) {
                for (int port = translation.ports().first();
                        port <= translation.ports().last();
                        port++) {
                    index.computeIfAbsent(key(translation.protocol(), port), key -> new ArrayList<>(2))
                            .add(translation);
                }
            }
        }
        return index;
    }

    private static int key(int protocol, int port) {
        return protocol << 16 | port;
    }

    private List<Connection> toThisHost(List<Connection> found) {
        if (found.isEmpty()) {
            return found;
        }
        var addresses = new HashSet<IpAddress>();
        for (AddressState state : site.queries(NamespaceRef.HOST).addresses()) {
            addresses.add(state.address().address());
        }
        return found.stream()
                .filter(connection ->
                        connection.destination().isLoopback() || addresses.contains(connection.destination()))
                .toList();
    }

    private void forget(List<Connection> found) {
        if (!found.isEmpty()) {
            Refusal.checkGone(((CountingTap) site.tap()).around(op, () -> connections.delete(found)), op);
        }
    }
}
