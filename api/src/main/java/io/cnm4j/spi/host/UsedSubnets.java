package io.cnm4j.spi.host;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Subnets that somebody uses already, and who that is. A question takes steps as there are prefix lengths and never waits. Thread-safe. */
@FunctionalInterface
public interface UsedSubnets {
    /** Nothing is used. */
    UsedSubnets NONE = subnet -> Optional.empty();

    /**
     * A subnet in use.
     *
     * @param subnet the subnet
     * @param by who uses it, such as {@code route of wlan0}; asked for messages only
     */
    record Use(IpPrefix subnet, Supplier<String> by) {
        /** Clears host bits. */
        public Use {
            subnet = subnet.subnet();
        }

        /** Returns both as words for messages. */
        @Override
        public String toString() {
            return subnet + " (" + by.get() + ")";
        }
    }

    /** Returns these; of two of one subnet the first counts. */
    static UsedSubnets of(Collection<Use> uses) {
        var byAddress = new TreeMap<IpAddress, NavigableMap<Integer, Use>>(); // and length
        for (Use use : uses) {
            byAddress
                    .computeIfAbsent(use.subnet().address(), first -> new TreeMap<>())
                    .putIfAbsent(use.subnet().length(), use);
        }
        return subnet -> overlapping(byAddress, subnet);
    }

    private static Optional<Use> overlapping(
            NavigableMap<IpAddress, NavigableMap<Integer, Use>> uses, IpPrefix subnet) {
        for (int length = 0; length <= subnet.length(); length++) {
            Map<Integer, Use> here =
                    uses.get(new IpPrefix(subnet.address(), length).subnet().address());
            if (here != null && here.containsKey(length)) {
                return Optional.of(here.get(length));
            }
        }
        return Optional.ofNullable(uses.floorEntry(subnet.last()))
                .filter(last -> subnet.contains(last.getKey()))
                .map(last -> last.getValue().lastEntry().getValue());
    }

    /** Returns one that overlaps the subnet, if there is any: the largest that holds all of it, or else the last inside. */
    Optional<Use> overlapping(IpPrefix subnet);
}
