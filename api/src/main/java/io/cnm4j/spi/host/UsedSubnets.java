package io.cnm4j.spi.host;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Subnets that somebody uses already, and who that is. Immutable; a question takes steps as there are prefix lengths. */
public final class UsedSubnets {
    /** Nothing is used. */
    public static final UsedSubnets NONE = new UsedSubnets(List.of());

    /**
     * A subnet in use.
     *
     * @param subnet the subnet
     * @param by who uses it, such as {@code route of wlan0}; asked for messages only
     */
    public record Use(IpPrefix subnet, Supplier<String> by) {
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

    private final TreeMap<IpAddress, TreeMap<Integer, Use>> uses = new TreeMap<>(); // by first address and length

    private UsedSubnets(Collection<Use> uses) {
        for (Use use : uses) {
            this.uses
                    .computeIfAbsent(use.subnet().address(), first -> new TreeMap<>())
                    .putIfAbsent(use.subnet().length(), use);
        }
    }

    /** Returns these; of two of one subnet the first counts. */
    public static UsedSubnets of(Collection<Use> uses) {
        return new UsedSubnets(uses);
    }

    /** Returns one that overlaps the subnet, if there is any: the largest that holds all of it, or else the last inside. */
    public Optional<Use> overlapping(IpPrefix subnet) {
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
}
