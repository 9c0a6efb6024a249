package io.cnm4j.linux.host;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.rtnetlink.RouteState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Routes to subnets that are on a link of the host, found by what they overlap in steps as there are prefix lengths. One thread changes
 * them, others may ask meanwhile.
 */
final class OnLinkRoutes {
    private static final int SHORTEST = 8; // 0.0.0.0/1 and the like are default routes in two halves
    private static final Comparator<IpPrefix> BY_FIRST =
            Comparator.comparing(IpPrefix::address).thenComparing(IpPrefix::length);

    /**
     * A subnet and the link it is on.
     *
     * @param subnet the subnet
     * @param link index of the link
     */
    record OnLink(IpPrefix subnet, int link) {}

    private record Way(int link, int metric) {}

    private final ConcurrentSkipListMap<IpPrefix, Set<Way>> bySubnet = new ConcurrentSkipListMap<>(BY_FIRST);
    private final Map<Integer, Set<IpPrefix>> byLink = new HashMap<>(); // for the one that changes them

    void add(RouteState route) {
        if (counts(route)) {
            var way = new Way(route.link(), route.metric());
            bySubnet.compute(route.destination(), (subnet, ways) -> {
                Set<Way> more = ways == null ? new HashSet<>() : new HashSet<>(ways);
                more.add(way);
                return Set.copyOf(more);
            });
            byLink.computeIfAbsent(route.link(), link -> new HashSet<>()).add(route.destination());
        }
    }

    void remove(RouteState route) {
        if (counts(route)) {
            var way = new Way(route.link(), route.metric());
            bySubnet.computeIfPresent(route.destination(), (subnet, ways) -> without(ways, Set.of(way)));
        }
    }

    /** Removes all routes over a link: the kernel does not tell of them one by one. */
    void removeLink(int link) {
        Set<IpPrefix> subnets = byLink.remove(link);
        if (subnets != null) {
            for (IpPrefix subnet : subnets) {
                bySubnet.computeIfPresent(
                        subnet,
                        (same, ways) -> without(
                                ways,
                                ways.stream().filter(way -> way.link() == link).collect(Collectors.toSet())));
            }
        }
    }

    private static @Nullable Set<Way> without(Set<Way> ways, Set<Way> gone) {
        var left = new HashSet<>(ways);
        left.removeAll(gone);
        return left.isEmpty() ? null : Set.copyOf(left);
    }

    private static boolean counts(RouteState route) {
        return route.gateway().isEmpty()
                && route.link() != 0
                && route.destination().length() >= SHORTEST;
    }

    /** Returns one that overlaps the subnet, if there is any: the largest that holds all of it, or else the last inside. */
    Optional<OnLink> overlapping(IpPrefix subnet) {
        for (int length = SHORTEST; length <= subnet.length(); length++) {
            IpPrefix around = new IpPrefix(subnet.address(), length).subnet();
            Set<Way> ways = bySubnet.get(around);
            if (ways != null) {
                return Optional.of(new OnLink(around, ways.iterator().next().link()));
            }
        }
        Map.Entry<IpPrefix, Set<Way>> last =
                bySubnet.floorEntry(new IpPrefix(subnet.last(), subnet.family().bits()));
        return Optional.ofNullable(last)
                .filter(entry -> subnet.contains(entry.getKey()))
                .map(entry -> new OnLink(
                        entry.getKey(), entry.getValue().iterator().next().link()));
    }
}
