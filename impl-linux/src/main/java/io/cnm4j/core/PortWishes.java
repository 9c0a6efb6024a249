package io.cnm4j.core;

import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.ports.HostPorts.Wanted;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.driver.PortPublisher.Mode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is due of the ports that one endpoint is to publish: of the endpoints of a sandbox the gateway of a family publishes at the host's
 * addresses of that family (BP-04), and where a family has no gateway that of IPv4 at those of IPv6 (BP-03). What it has it keeps;
 * where any port will do, it gets the one that another endpoint of the sandbox had for the same.
 */
final class PortWishes {
    private static final IpAddress ANY4 = IpAddress.ipv4(0);
    private static final IpAddress ANY6 = IpAddress.ipv6(0, 0);

    private final EndpointRecord endpoint;
    private final NetworkState network;
    private final PortPublisher publisher;
    private final SandboxRecord sandbox;
    private final Collection<EndpointRecord> after;
    private final Map<Family, Mode> modes = new EnumMap<>(Family.class); // what the driver said of each
    private final Map<ContainerPorts, List<PortMapping>> own = new HashMap<>(); // what is not kept yet
    private final Map<ContainerPorts, List<PortMapping>> others = new HashMap<>(); // what nobody has anew yet

    /** Takes ports of the host. */
    interface Taker {
        List<PortMapping> take(Wanted wanted, List<IpAddress> addresses, ContainerPorts container);
    }

    /**
     * @param endpoint the endpoint, with the ports that it has already
     * @param before the endpoints that were in the sandbox
     * @param after those that will be, with the families for which each is the gateway then
     */
    PortWishes(
            EndpointRecord endpoint,
            NetworkState network,
            PortPublisher publisher,
            SandboxRecord sandbox,
            Collection<EndpointRecord> before,
            Collection<EndpointRecord> after) {
        this.endpoint = endpoint;
        this.network = network;
        this.publisher = publisher;
        this.sandbox = sandbox;
        this.after = after;
        index(endpoint, own);
        before.stream().filter(other -> !other.id().equals(endpoint.id())).forEach(other -> index(other, others));
    }

    private static void index(EndpointRecord of, Map<ContainerPorts, List<PortMapping>> into) {
        for (PortMapping mapping : of.joined().map(Joined::ports).orElse(List.of())) {
            into.computeIfAbsent(mapping.container(), key -> new ArrayList<>(2)).add(mapping);
        }
    }

    /** Returns all that is due, in the order of the wishes. */
    List<PortMapping> met(Taker taker) {
        var met = new ArrayList<PortMapping>();
        for (PublishedPort wish : endpoint.publish()) {
            var wanted = new ArrayList<IpAddress>();
            Optional<PortRange> kept = Optional.empty();
            for (IpAddress address : addresses(wish)) {
                Family inside = inside(wish, address.family());
                Mode mode = modes.computeIfAbsent(inside, family -> publisher.portMode(network, family));
                if (mode == Mode.ROUTED) {
                    routed(wish, address.family(), inside).ifPresent(met::add);
                } else if (isDue(wish, address, inside)) {
                    Optional<PortMapping> had =
                            pull(own, wish, mapping -> mapping.address().equals(address));
                    had.ifPresentOrElse(met::add, () -> wanted.add(address));
                    kept = kept.or(() -> had.map(PortMapping::ports));
                }
            }
            if (!wanted.isEmpty()) {
                met.addAll(taken(wish, wanted, kept, taker));
            }
        }
        return met;
    }

    private List<PortMapping> taken(
            PublishedPort wish, List<IpAddress> addresses, Optional<PortRange> kept, Taker taker) {
        Optional<PortRange> among = kept.or(() -> inherited(wish, addresses)).or(wish::hostPorts);
        int count = wish.container().ports().count();
        return taker.take(
                new Wanted(wish.container().protocol(), addresses, among, count), addresses, wish.container());
    }

    private Optional<PortRange> inherited(PublishedPort wish, List<IpAddress> addresses) {
        Optional<PortRange> ports = Optional.empty();
        for (IpAddress address : addresses) {
            Optional<PortMapping> theirs =
                    pull(others, wish, mapping -> mapping.address().equals(address));
            ports = ports.or(() -> theirs.map(PortMapping::ports));
        }
        return ports;
    }

    /** Takes out the first mapping that is one of the wish; each is one wish' only. */
    private static Optional<PortMapping> pull(
            Map<ContainerPorts, List<PortMapping>> from, PublishedPort wish, Predicate<PortMapping> fitting) {
        List<PortMapping> candidates = from.getOrDefault(wish.container(), List.of());
        Optional<PortMapping> found = candidates.stream()
                .filter(fitting)
                .filter(mapping -> wish.hostPorts()
                        .map(ports -> ports.contains(mapping.ports()))
                        .orElse(true))
                .findFirst();
        found.ifPresent(candidates::remove);
        return found;
    }

    private List<IpAddress> addresses(PublishedPort wish) {
        Optional<IpAddress> one = wish.hostAddress().or(() -> publisher.hostAddress(network));
        return one.map(List::of).orElseGet(() -> List.of(ANY4, ANY6)); // BP-02
    }

    /** Returns the family of the container's address behind one of the host. */
    private Family inside(PublishedPort wish, Family host) {
        if (Publishing.address(endpoint, host).isPresent()) {
            return host;
        }
        if (host == Family.IPV4 && wish.hostAddress().isPresent()) { // BP-03
            throw new UnsupportedException("published port " + wish + " has an IPv4 address of the host, but endpoint '"
                    + endpoint.name() + "' has no IPv4 address; use an IPv6 address or leave it out");
        }
        return Publishing.address(endpoint, Family.IPV4).isPresent() ? Family.IPV4 : Family.IPV6;
    }

    private boolean isDue(PublishedPort wish, IpAddress address, Family inside) {
        Family host = address.family();
        if (!endpoint.joined().orElseThrow().gatewayFor().contains(inside)) {
            return false;
        }
        if (host == inside) {
            return host == Family.IPV4 || wish.hostAddress().isPresent() || sandbox.ipv6(); // BP-02
        }
        boolean otherServes = after.stream()
                .anyMatch(other -> other.joined().orElseThrow().gatewayFor().contains(host));
        return host == Family.IPV6 && !otherServes && (wish.hostAddress().isPresent() || sandbox.ipv6());
    }

    private Optional<PortMapping> routed(PublishedPort wish, Family host, Family inside) {
        return Publishing.address(endpoint, inside)
                .filter(own -> host == inside) // of a wish for both families, once
                .map(own -> new PortMapping(own, wish.container().ports(), wish.container()));
    }
}
