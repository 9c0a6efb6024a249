package io.cnm4j.core;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.ports.EphemeralPorts;
import io.cnm4j.core.ports.HostPorts;
import io.cnm4j.core.ports.HostPorts.Wanted;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.driver.PortPublisher.Mode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which ports an endpoint is published on while it is in a sandbox. Of the endpoints of a sandbox the gateway of a family publishes
 * (BP-04); what one of them has published already is not published twice.
 */
final class Publishing {
    private static final IpAddress ANY4 = IpAddress.ipv4(0);
    private static final IpAddress ANY6 = IpAddress.ipv6(0, 0);

    private final ControllerParts parts;
    private final Compose compose;
    private final HostPorts ports;

    Publishing(ControllerParts parts, Compose compose) {
        this.parts = parts;
        this.compose = compose;
        this.ports = new HostPorts(() -> EphemeralPorts.read(parts.host()::sysctl));
    }

    /** Goes on only if the network can publish what is asked for. */
    void check(NetworkRecord network, List<PublishedPort> wishes) {
        if (wishes.isEmpty()) {
            return;
        }
        PortPublisher publisher = publisher(network);
        for (Family family : Family.values()) {
            if (has(network, family)
                    && publisher.portMode(network.state(parts.ledger().controller()), family) == Mode.NONE) {
                throw new InvalidRequestException("network '" + network.name() + "' is cut off from outside, so "
                        + wishes.get(0) + " cannot be published; leave it out or use a network that is not internal");
            }
        }
    }

    private static boolean has(NetworkRecord network, Family family) {
        return family == Family.IPV4 ? network.ipv4() : network.ipv6();
    }

    private PortPublisher publisher(NetworkRecord network) {
        if (compose.driver(network) instanceof PortPublisher publisher) {
            return publisher;
        }
        throw new UnsupportedException("driver '" + network.driver() + "' of network '" + network.name()
                + "' publishes no ports; leave them out, or connect the sandbox to a bridge network too");
    }

    /**
     * Takes the ports that an endpoint publishes in its sandbox.
     *
     * @param endpoint the endpoint, joined
     * @param siblings the other endpoints that are in the sandbox and stay
     * @param before ports that were published for the sandbox until now: where any will do, the same ones are taken
     * @param avoid ports that another program has
     */
    List<PortMapping> take(
            EndpointRecord endpoint,
            SandboxRecord sandbox,
            Collection<EndpointRecord> siblings,
            List<PortMapping> before,
            Set<Integer> avoid) {
        if (endpoint.publish().isEmpty()) {
            return List.of();
        }
        var taking = new Taking(endpoint, sandbox, siblings, before, avoid);
        try {
            endpoint.publish().forEach(taking::take);
            return List.copyOf(taking.taken);
        } catch (RuntimeException | Error failure) {
            release(endpoint, sandbox, taking.taken);
            throw failure;
        }
    }

    void restore(EndpointRecord endpoint) {
        Joined joined = endpoint.joined().orElseThrow();
        translated(endpoint, joined.ports())
                .forEach(mapping -> ports.restore(joined.sandbox().value(), label(endpoint), mapping));
    }

    void release(EndpointRecord endpoint, SandboxRecord sandbox, List<PortMapping> mappings) {
        translated(endpoint, mappings)
                .forEach(mapping -> ports.release(sandbox.id().value(), label(endpoint), mapping));
    }

    /** Gives back what an endpoint publishes, if it is in a sandbox. */
    void release(EndpointRecord endpoint) {
        endpoint.joined()
                .ifPresent(joined -> translated(endpoint, joined.ports())
                        .forEach(mapping -> ports.release(joined.sandbox().value(), label(endpoint), mapping)));
    }

    /** Returns those that are ports of the host, not of the endpoint itself. */
    private static List<PortMapping> translated(EndpointRecord endpoint, List<PortMapping> mappings) {
        return mappings.stream()
                .filter(mapping -> address(endpoint, mapping.family())
                        .filter(mapping.address()::equals)
                        .isEmpty())
                .toList();
    }

    private static Optional<IpAddress> address(EndpointRecord endpoint, Family family) {
        return endpoint.addresses().stream()
                .map(IpPrefix::address)
                .filter(address -> address.family() == family)
                .findFirst();
    }

    private static String label(EndpointRecord endpoint) {
        return "endpoint '" + endpoint.name() + "' (" + endpoint.id().shortForm() + ")";
    }

    private final class Taking {
        private final EndpointRecord endpoint;
        private final SandboxRecord sandbox;
        private final Collection<EndpointRecord> siblings;
        private final List<PortMapping> before;
        private final Set<Integer> avoid;
        private final PortPublisher publisher;
        private final NetworkRecord network;
        final List<PortMapping> taken = new ArrayList<>();

        Taking(
                EndpointRecord endpoint,
                SandboxRecord sandbox,
                Collection<EndpointRecord> siblings,
                List<PortMapping> before,
                Set<Integer> avoid) {
            this.endpoint = endpoint;
            this.sandbox = sandbox;
            this.siblings = siblings;
            this.before = before;
            this.avoid = avoid;
            this.network = compose.network(endpoint);
            this.publisher = publisher(network);
        }

        void take(PublishedPort wish) {
            var addresses = new ArrayList<IpAddress>();
            for (IpAddress address : addresses(wish)) {
                Family inside = inside(wish, address.family());
                if (mode(inside) == Mode.ROUTED) {
                    route(wish, address.family(), inside);
                } else if (serves(inside) && isReachable(wish, address, inside) && !isServed(wish, address)) {
                    addresses.add(address);
                }
            }
            if (!addresses.isEmpty()) {
                translate(wish, addresses);
            }
        }

        private List<IpAddress> addresses(PublishedPort wish) {
            Optional<IpAddress> one = wish.hostAddress()
                    .or(() -> publisher.hostAddress(network.state(parts.ledger().controller())));
            return one.map(List::of).orElseGet(() -> List.of(ANY4, ANY6)); // BP-02
        }

        /** Returns the family of the container's address behind one of the host. */
        private Family inside(PublishedPort wish, Family host) {
            if (address(endpoint, host).isPresent()) {
                return host;
            }
            if (host == Family.IPV4 && wish.hostAddress().isPresent()) { // BP-03
                throw new UnsupportedException(
                        "published port " + wish + " has an IPv4 address of the host, but endpoint '" + endpoint.name()
                                + "' has no IPv4 address; use an IPv6 address or leave it out");
            }
            return address(endpoint, Family.IPV4).isPresent() ? Family.IPV4 : Family.IPV6;
        }

        private Mode mode(Family inside) {
            return publisher.portMode(network.state(parts.ledger().controller()), inside);
        }

        private boolean serves(Family inside) {
            return endpoint.joined().orElseThrow().gatewayFor().contains(inside);
        }

        private boolean isReachable(PublishedPort wish, IpAddress address, Family inside) {
            if (address.family() == Family.IPV4) {
                return inside == Family.IPV4;
            }
            return wish.hostAddress().isPresent() || sandbox.ipv6(); // BP-02
        }

        private boolean isServed(PublishedPort wish, IpAddress address) {
            return siblings.stream()
                    .flatMap(sibling -> sibling.joined().stream())
                    .flatMap(joined -> joined.ports().stream())
                    .anyMatch(mapping -> mapping.address().equals(address)
                            && mapping.container().equals(wish.container())
                            && wish.hostPorts()
                                    .map(ports -> ports.overlaps(mapping.ports()))
                                    .orElse(true));
        }

        private void route(PublishedPort wish, Family host, Family inside) {
            if (host == inside) { // of a wish for both families, once
                address(endpoint, inside)
                        .map(own -> new PortMapping(own, wish.container().ports(), wish.container()))
                        .filter(mapping -> siblings.stream()
                                .flatMap(sibling -> sibling.joined().stream())
                                .noneMatch(joined -> joined.ports().contains(mapping)))
                        .ifPresent(taken::add);
            }
        }

        private void translate(PublishedPort wish, List<IpAddress> addresses) {
            int count = wish.container().ports().count();
            Optional<PortRange> among = wish.hostPorts().or(() -> before(wish));
            var wanted = new Wanted(wish.container().protocol(), addresses, among, count);
            PortRange ports = Publishing.this.ports.take(sandbox.id().value(), label(endpoint), wanted, avoid);
            addresses.forEach(address -> taken.add(new PortMapping(address, ports, wish.container())));
        }

        private Optional<PortRange> before(PublishedPort wish) {
            return before.stream()
                    .filter(mapping -> mapping.container().equals(wish.container()))
                    .map(PortMapping::ports)
                    .findFirst();
        }
    }

    /** Tells whether other ports than those that were tried would do for one of the wishes. */
    static boolean hasChoice(List<PublishedPort> wishes) {
        return wishes.stream()
                .anyMatch(wish -> wish.hostPorts()
                        .map(ports -> ports.count() > wish.container().ports().count())
                        .orElse(true));
    }
}
