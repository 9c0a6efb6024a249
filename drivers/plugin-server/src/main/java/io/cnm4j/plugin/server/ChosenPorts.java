package io.cnm4j.plugin.server;

import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.plugin.server.Served.Endpoint;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.driver.PortPublisher.Mode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The ports of the host that the wishes for one endpoint come to. */
final class ChosenPorts {
    private static final int TRIES = 10;
    private static final PortRange ANY = new PortRange(49153, 65535); // RFC 6335, section 6
    private static final List<IpAddress> EVERYWHERE = List.of(IpAddress.ipv4(0), IpAddress.ipv6(0, 0));

    private final PortPublisher publisher;
    private final NetworkState network;
    private final Endpoint endpoint;
    private final Collection<Endpoint> others;

    /** @param others the other endpoints of this host */
    ChosenPorts(PortPublisher publisher, NetworkState network, Endpoint endpoint, Collection<Endpoint> others) {
        this.publisher = publisher;
        this.network = network;
        this.endpoint = endpoint;
        this.others = others;
    }

    /**
     * Finds ports for the wishes and takes them; where there is a choice, others are tried.
     *
     * @param take makes the mappings true, or throws {@link PortInUseException} and leaves nothing
     */
    void take(List<PublishedPort> wishes, Consumer<List<PortMapping>> take) {
        Set<Integer> avoid = new HashSet<>();
        for (int tries = 1; ; tries++) {
            List<PortMapping> mappings = mappings(wishes, avoid);
            try {
                take.accept(mappings);
                return;
            } catch (PortInUseException taken) {
                boolean choice = wishes.stream()
                        .anyMatch(wish -> wish.hostPorts()
                                .map(range -> range.count() > 1 && contains(range, taken.port()))
                                .orElse(true));
                if (!choice || tries == TRIES || !avoid.add(taken.port())) {
                    throw taken;
                }
            }
        }
    }

    private static boolean contains(PortRange range, int port) {
        return range.contains(PortRange.of(port));
    }

    private List<PortMapping> mappings(List<PublishedPort> wishes, Set<Integer> avoid) {
        var all = new ArrayList<PortMapping>();
        for (PublishedPort wish : wishes) {
            if (!publisher.publishes(network, wish.container().protocol())) {
                throw new InvalidRequestException("network " + network.name() + " publishes no "
                        + wish.container().protocol() + "; leave out -p " + wish);
            }
            var translated = new ArrayList<IpAddress>();
            for (IpAddress address : addresses(wish)) {
                inside(wish, address.family()).ifPresent(own -> {
                    switch (publisher.portMode(network, own.family())) {
                        case TRANSLATED -> translated.add(address);
                        case ROUTED ->
                            all.add(new PortMapping(own, wish.container().ports(), wish.container()));
                        case NONE ->
                            throw new InvalidRequestException("network " + network.name()
                                    + " is cut off from outside, so " + wish + " cannot be published; leave it out");
                    }
                });
            }
            if (!translated.isEmpty()) {
                PortRange port = free(wish, translated, avoid, all);
                translated.forEach(address -> all.add(new PortMapping(address, port, wish.container())));
            }
        }
        return all.stream().distinct().toList();
    }

    private List<IpAddress> addresses(PublishedPort wish) {
        return wish.hostAddress()
                .or(() -> publisher.hostAddress(network))
                .map(List::of)
                .orElse(EVERYWHERE);
    }

    /** Returns the container's address behind one of the host, if one is reached from there. */
    private Optional<IpAddress> inside(PublishedPort wish, Family host) {
        Optional<IpAddress> own = endpoint.state().address(host).map(IpPrefix::address);
        if (own.isEmpty() && host == Family.IPV4 && wish.hostAddress().isPresent()) {
            throw new UnsupportedException("-p " + wish + " has an IPv4 address of the host, but endpoint "
                    + endpoint.id().shortForm() + " has no IPv4 address; use an IPv6 address or leave it out");
        }
        return own.isPresent() || host == Family.IPV4
                ? own
                : endpoint.state()
                        .address(Family.IPV4)
                        .map(IpPrefix::address)
                        .filter(four -> publisher.portMode(network, Family.IPV4) == Mode.TRANSLATED);
    }

    private PortRange free(PublishedPort wish, List<IpAddress> addresses, Set<Integer> avoid, List<PortMapping> mine) {
        PortRange range = wish.hostPorts().orElse(ANY);
        for (int port = range.first(); port <= range.last(); port++) {
            PortRange one = PortRange.of(port);
            Optional<String> owner = addresses.stream()
                    .flatMap(address -> owner(new PortMapping(address, one, wish.container()), mine).stream())
                    .findFirst();
            if (range.count() == 1 && owner.isPresent()) {
                throw new PortInUseException(wish.container().protocol(), addresses.get(0), port, owner.orElseThrow());
            }
            if (owner.isEmpty() && (range.count() == 1 || !avoid.contains(port))) {
                return one;
            }
        }
        throw new ExhaustedException("no port of " + range + " is free at " + addresses + "; give a wider range");
    }

    private Optional<String> owner(PortMapping wanted, List<PortMapping> mine) {
        if (mine.stream().anyMatch(mapping -> excludes(mapping, wanted))) {
            return Optional.of("the same container");
        }
        return others.stream()
                .filter(other -> other.ports().stream().anyMatch(mapping -> excludes(mapping, wanted)))
                .map(other -> "endpoint " + other.id().shortForm())
                .findFirst();
    }

    private static boolean excludes(PortMapping one, PortMapping other) {
        return one.protocol() == other.protocol()
                && one.family() == other.family()
                && one.ports().overlaps(other.ports())
                && (one.address().isUnspecified()
                        || other.address().isUnspecified()
                        || one.address().equals(other.address()));
    }
}
