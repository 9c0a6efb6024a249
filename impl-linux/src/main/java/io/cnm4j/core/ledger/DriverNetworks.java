package io.cnm4j.core.ledger;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The networks of one driver, found by what drivers ask for in steps that do not grow with them. Changes of one network exclude each
 * other by the callers' turns. Thread-safe.
 */
final class DriverNetworks {
    private static final Comparator<IpPrefix> BY_FIRST =
            Comparator.comparing(IpPrefix::address).thenComparing(IpPrefix::length);

    private record Noted(String key, String value) {}

    private final Map<NetworkId, NetworkState> byId = new ConcurrentHashMap<>();
    private final ConcurrentMap<Noted, Map<NetworkId, NetworkState>> byNote = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<IpPrefix, Map<NetworkId, NetworkState>> bySubnet =
            new ConcurrentSkipListMap<>(BY_FIRST);

    void put(NetworkState network) {
        remove(network.id());
        byId.put(network.id(), network);
        network.note().forEach((key, value) -> add(byNote, new Noted(key, value), network));
        network.pools().forEach(pool -> add(bySubnet, pool.subnet().subnet(), network));
    }

    void remove(NetworkId id) {
        NetworkState network = byId.remove(id);
        if (network != null) {
            network.note().forEach((key, value) -> drop(byNote, new Noted(key, value), id));
            network.pools().forEach(pool -> drop(bySubnet, pool.subnet().subnet(), id));
        }
    }

    private static <K> void add(ConcurrentMap<K, Map<NetworkId, NetworkState>> index, K key, NetworkState network) {
        index.compute(key, (same, there) -> {
            Map<NetworkId, NetworkState> networks = there == null ? new ConcurrentHashMap<>(2) : there;
            networks.put(network.id(), network);
            return networks;
        });
    }

    private static <K> void drop(ConcurrentMap<K, Map<NetworkId, NetworkState>> index, K key, NetworkId id) {
        index.computeIfPresent(key, (same, there) -> {
            there.remove(id);
            return there.isEmpty() ? null : there;
        });
    }

    /** Returns what one of them sees of the others. */
    Siblings besides(NetworkId id) {
        return new Others(network -> !network.id().equals(id));
    }

    private final class Others implements Siblings {
        private final Predicate<NetworkState> isOther;

        Others(Predicate<NetworkState> isOther) {
            this.isOther = isOther;
        }

        @Override
        public Stream<NetworkState> all() {
            return byId.values().stream().filter(isOther);
        }

        @Override
        public Stream<NetworkState> noting(String key, String value) {
            return networks(byNote.get(new Noted(key, value))).filter(isOther);
        }

        /** Those around it begin where it does, cut to their length; those inside it follow each other. */
        @Override
        public Stream<NetworkState> overlapping(IpPrefix subnet) {
            IpPrefix wanted = subnet.subnet();
            Stream<Map<NetworkId, NetworkState>> around = IntStream.range(0, wanted.length())
                    .mapToObj(length -> bySubnet.get(new IpPrefix(wanted.address(), length).subnet()))
                    .filter(Objects::nonNull);
            var end = new IpPrefix(wanted.last(), wanted.family().bits());
            return Stream.concat(around, bySubnet.subMap(wanted, true, end, true).values().stream())
                    .flatMap(there -> there.values().stream())
                    .filter(isOther)
                    .distinct();
        }

        private Stream<NetworkState> networks(@Nullable Map<NetworkId, NetworkState> there) {
            return there == null ? Stream.empty() : there.values().stream();
        }
    }
}
