package io.cnm4j.core;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Exposure;
import io.cnm4j.api.model.Exposure.Origin;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.ports.EphemeralPorts;
import io.cnm4j.core.ports.HostPorts;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.driver.PortPublisher.Mode;
import io.cnm4j.spi.host.PacketWay;
import io.cnm4j.spi.plan.HostFirewall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which ports endpoints are published on while they are in a sandbox: {@link PortWishes} says what is due, this takes it. */
final class Publishing {
    private final ControllerParts parts;
    private final Compose compose;
    private final HostPorts ports;

    Publishing(ControllerParts parts, Compose compose) {
        this.parts = parts;
        this.compose = compose;
        this.ports = new HostPorts();
    }

    /** Goes on only if the network can publish what is asked for. */
    void check(NetworkRecord network, List<PublishedPort> wishes) {
        if (wishes.isEmpty()) {
            return;
        }
        if (network.internal() && leadsInward(network)) {
            throw cutOff(network, wishes.get(0));
        } else if (leadsInward(network)) {
            return; // by the way out of the sandbox
        }
        PortPublisher publisher = publisher(network);
        NetworkState state = network.state(parts.ledger().controller());
        var known = EnumSet.noneOf(TransportProtocol.class);
        for (PublishedPort wish : wishes) {
            TransportProtocol protocol = wish.container().protocol();
            if (known.add(protocol) && !publisher.publishes(state, protocol)) {
                throw new InvalidRequestException(
                        "network '" + network.name() + "' publishes no " + protocol + ", so " + wish
                                + " cannot be published: it goes past the firewall, which alone translates that; leave it out or use another network");
            }
        }
        for (Family family : Family.values()) {
            boolean has = family == Family.IPV4 ? network.ipv4() : network.ipv6();
            if (has && publisher.portMode(state, family) == Mode.NONE) {
                throw cutOff(network, wishes.get(0));
            }
        }
    }

    private static InvalidRequestException cutOff(NetworkRecord network, PublishedPort wish) {
        return new InvalidRequestException("network '" + network.name() + "' is cut off from outside, so " + wish
                + " cannot be published; leave it out or use a network that is not internal");
    }

    /** Tells whether a network's driver leaves it to the gateway network to publish ports. */
    private boolean leadsInward(NetworkRecord network) {
        NetworkDriver driver = compose.driver(network);
        return driver instanceof InwardDriver && !(driver instanceof PortPublisher);
    }

    /** Returns what the way out of a sandbox with these endpoints is to publish. GW-08 */
    List<PublishedPort> carried(Collection<EndpointRecord> endpoints) {
        return endpoints.stream()
                .filter(endpoint -> !endpoint.publish().isEmpty() && leadsInward(compose.network(endpoint)))
                .sorted(Comparator.comparing(EndpointRecord::name).thenComparing(e -> e.id().value()))
                .flatMap(endpoint -> endpoint.publish().stream())
                .distinct()
                .toList();
    }

    /** Returns the ports by which an endpoint is reached: its own, or those that the way out of its sandbox has for it. EM-01 */
    List<PortMapping> ports(EndpointRecord endpoint) {
        EndpointRecord carrier = carrier(endpoint);
        return carrier.joined().map(Joined::ports).orElse(List.of()).stream()
                .filter(mapping -> carrier.equals(endpoint)
                        || endpoint.publish().stream()
                                .anyMatch(wish -> wish.container().equals(mapping.container())))
                .toList();
    }

    private EndpointRecord carrier(EndpointRecord endpoint) {
        if (endpoint.joined().isEmpty() || !leadsInward(compose.network(endpoint))) {
            return endpoint;
        }
        return parts.ledger().endpointsIn(endpoint.joined().orElseThrow().sandbox()).stream()
                .filter(other -> other.wayOutOf().isPresent())
                .findFirst()
                .orElse(endpoint);
    }

    PortPublisher publisher(NetworkRecord network) {
        if (compose.driver(network) instanceof PortPublisher publisher) {
            return publisher;
        }
        throw new UnsupportedException("driver '" + network.driver() + "' of network '" + network.name()
                + "' publishes no ports; leave them out, or connect the sandbox to a bridge network too");
    }

    /** Asks the host for the ports of which these endpoints get one where any will do, if one of them lacks such a one. */
    EphemeralPorts any(Collection<EndpointRecord> endpoints) {
        boolean wanted = endpoints.stream()
                .anyMatch(endpoint -> endpoint.publish().stream()
                        .anyMatch(wish -> wish.hostPorts().isEmpty() && !has(endpoint, wish)));
        return wanted ? EphemeralPorts.read(parts.host()::sysctl) : EphemeralPorts.NONE;
    }

    private static boolean has(EndpointRecord endpoint, PublishedPort wish) {
        return endpoint.joined().map(Joined::ports).orElse(List.of()).stream()
                .anyMatch(mapping -> mapping.container().equals(wish.container()));
    }

    /**
     * Takes the ports that come with a change of who is the gateway of a sandbox.
     *
     * @param before the endpoints that are in it, as they are
     * @param after those that will be, as they will be but for their ports
     * @param any those of which one will do where none in particular is asked for
     * @param avoid ports that another program has
     */
    Shift shift(
            SandboxRecord sandbox,
            Collection<EndpointRecord> before,
            Collection<EndpointRecord> after,
            EphemeralPorts any,
            Set<Integer> avoid) {
        var shift = new Shift(sandbox, before, any);
        try {
            for (EndpointRecord record : after) {
                boolean wayOut = record.wayOutOf().isPresent();
                EndpointRecord endpoint = wayOut ? record.withWishes(carried(after)) : record;
                boolean none = endpoint.publish().isEmpty() || leadsInward(compose.network(endpoint));
                shift.records.add(
                        none ? endpoint.withPorts(List.of()) : shift.published(endpoint, before, after, avoid));
            }
            return shift;
        } catch (RuntimeException | Error failure) {
            shift.undo();
            throw failure;
        }
    }

    void restore(EndpointRecord endpoint) {
        Joined joined = endpoint.joined().orElseThrow();
        translated(endpoint, joined.ports())
                .forEach(mapping -> ports.restore(joined.sandbox().value(), label(endpoint), mapping));
    }

    /** Gives back what an endpoint publishes, if it is in a sandbox. */
    void release(EndpointRecord endpoint) {
        endpoint.joined()
                .ifPresent(joined -> translated(endpoint, joined.ports())
                        .forEach(mapping -> ports.release(joined.sandbox().value(), label(endpoint), mapping)));
    }

    /** Returns from where an endpoint's ports are reached. */
    List<Exposure> exposure(EndpointRecord endpoint) {
        List<PortMapping> mappings = ports(endpoint);
        if (mappings.isEmpty()) {
            return List.of();
        }
        EndpointRecord carrier = carrier(endpoint);
        NetworkRecord network = compose.network(carrier);
        NetworkState state = network.state(parts.ledger().controller());
        Map<PacketWay, List<String>> barriers = parts.host()
                .barriers(mappings.stream()
                        .flatMap(mapping -> ways(network, carrier, mapping).stream())
                        .collect(Collectors.toSet()));
        return mappings.stream()
                .map(mapping -> {
                    Set<Origin> from = publisher(network).reachedFrom(state, mapping);
                    List<String> doubts = from.equals(Set.of(Origin.HOST))
                            ? List.of()
                            : ways(network, carrier, mapping).stream()
                                    .flatMap(way -> barriers.getOrDefault(way, List.of()).stream())
                                    .filter(chain ->
                                            !chain.startsWith(mapping.family() == Family.IPV4 ? "ip6 " : "ip "))
                                    .toList();
                    return new Exposure(mapping, from, doubts);
                })
                .toList();
    }

    /** Returns the ways by which a port of an endpoint is reached from outside. */
    List<PacketWay> ways(NetworkRecord network, EndpointRecord endpoint, PortMapping mapping) {
        NetworkState state = network.state(parts.ledger().controller());
        return publisher(network).isRelayed(state, endpoint.state(), mapping)
                ? List.of(PacketWay.toHost())
                : HostFirewall.passable(compose.network(network)).stream()
                        .map(PacketWay::to)
                        .toList();
    }

    /** Returns those that are ports of the host, not of the endpoint itself. */
    private static List<PortMapping> translated(EndpointRecord endpoint, Collection<PortMapping> mappings) {
        List<IpAddress> own =
                endpoint.addresses().stream().map(IpPrefix::address).toList();
        return mappings.stream()
                .filter(mapping -> !own.contains(mapping.address()))
                .toList();
    }

    private static String label(EndpointRecord endpoint) {
        return "endpoint '" + endpoint.name() + "' (" + endpoint.id().shortForm() + ")";
    }

    /** Ports on their way: what is taken already, and what is still held by who had it. Ends with one of settle and undo. */
    final class Shift {
        private final SandboxRecord sandbox;
        private final Collection<EndpointRecord> before;
        private final EphemeralPorts any;
        private final List<EndpointRecord> records = new ArrayList<>();
        private final List<Taken> taken = new ArrayList<>();

        private record Taken(EndpointRecord by, List<PortMapping> ports) {}

        private Shift(SandboxRecord sandbox, Collection<EndpointRecord> before, EphemeralPorts any) {
            this.sandbox = sandbox;
            this.before = before;
            this.any = any;
        }

        /** Returns the endpoints that will be there, as they will be. */
        List<EndpointRecord> records() {
            return records;
        }

        private EndpointRecord published(
                EndpointRecord endpoint,
                Collection<EndpointRecord> there,
                Collection<EndpointRecord> after,
                Set<Integer> avoid) {
            NetworkRecord network = compose.network(endpoint);
            var wishes = new PortWishes(
                    endpoint, network.state(parts.ledger().controller()), publisher(network), sandbox, there, after);
            var fresh = new ArrayList<PortMapping>();
            taken.add(new Taken(endpoint, fresh)); // first: what is taken before a failure is given back
            List<PortMapping> all = wishes.met((wanted, addresses, container) -> {
                var found = ports.take(sandbox.id().value(), label(endpoint), wanted, any, avoid);
                List<PortMapping> mappings = addresses.stream()
                        .map(address -> new PortMapping(address, found, container))
                        .toList();
                fresh.addAll(mappings);
                return mappings;
            });
            return endpoint.withPorts(all);
        }

        /** Gives back what nobody has any more. */
        void settle() {
            for (EndpointRecord endpoint : before) {
                Set<PortMapping> kept = new HashSet<>();
                records.stream()
                        .filter(record -> record.id().equals(endpoint.id()))
                        .forEach(record ->
                                kept.addAll(record.joined().orElseThrow().ports()));
                release(
                        endpoint,
                        endpoint.joined().orElseThrow().ports().stream()
                                .filter(mapping -> !kept.contains(mapping))
                                .toList());
            }
        }

        /** Gives back what was taken. */
        void undo() {
            taken.forEach(one -> release(one.by(), one.ports()));
        }

        private void release(EndpointRecord endpoint, List<PortMapping> mappings) {
            translated(endpoint, mappings)
                    .forEach(mapping -> ports.release(sandbox.id().value(), label(endpoint), mapping));
        }
    }

    /** Tells whether other ports than those that were tried would do for one of the wishes. */
    static boolean hasChoice(List<PublishedPort> wishes) {
        return wishes.stream()
                .anyMatch(wish -> wish.hostPorts()
                        .map(range -> range.count() > wish.container().ports().count())
                        .orElse(true));
    }

    static Optional<IpAddress> address(EndpointRecord endpoint, Family family) {
        return endpoint.addresses().stream()
                .map(IpPrefix::address)
                .filter(address -> address.family() == family)
                .findFirst();
    }
}
