package io.cnm4j.driver.ipam;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.UsedSubnets;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What is free of one base, as a buddy system: free blocks as large as can be, for each prefix length in the order of their
 * addresses. Each call takes steps as there are prefix lengths, not as there are subnets. Not thread-safe.
 */
final class FreeSubnets {
    private final IpPrefix base;
    private final List<NavigableSet<IpAddress>> byLength; // index: prefix length less that of the base

    FreeSubnets(IpPrefix base) {
        this.base = base;
        this.byLength = IntStream.rangeClosed(base.length(), base.family().bits())
                .<NavigableSet<IpAddress>>mapToObj(length -> new TreeSet<>())
                .toList();
        free(base.length()).add(base.address());
    }

    private NavigableSet<IpAddress> free(int length) {
        return byLength.get(length - base.length());
    }

    /** Takes a subnet, all of which must be free; what lies outside the base is none of its business. */
    void take(IpPrefix subnet) {
        if (!subnet.overlaps(base)) {
            return;
        }
        IpPrefix part = subnet.length() < base.length() ? base : subnet;
        IpPrefix block = part;
        while (!free(block.length()).remove(block.address())) {
            if (block.length() == base.length()) {
                throw new IllegalStateException(subnet + " is not free in " + base);
            }
            block = new IpPrefix(block.address(), block.length() - 1).subnet();
        }
        for (int length = part.length(); length > block.length(); length--) {
            free(length).add(buddy(new IpPrefix(part.address(), length).subnet()));
        }
    }

    /** Gives back a subnet that was taken. */
    void give(IpPrefix subnet) {
        if (!subnet.overlaps(base)) {
            return;
        }
        IpPrefix block = subnet.length() < base.length() ? base : subnet;
        while (block.length() > base.length() && free(block.length()).remove(buddy(block))) {
            block = new IpPrefix(block.address(), block.length() - 1).subnet();
        }
        free(block.length()).add(block.address());
    }

    /** Returns the other half of the block that is one bit larger. */
    private static IpAddress buddy(IpPrefix block) {
        IpAddress address = block.address();
        int bit = block.family().bits() - block.length();
        return bit < 64
                ? new IpAddress(address.family(), address.high(), address.low() ^ 1L << bit)
                : new IpAddress(address.family(), address.high() ^ 1L << (bit - 64), address.low());
    }

    /**
     * Returns the lowest free subnet of this length.
     *
     * @param inUse what it must not overlap
     * @param inTheWay is told of each of these that a subnet was not taken for
     */
    Optional<IpPrefix> lowest(int length, UsedSubnets inUse, Consumer<UsedSubnets.Use> inTheWay) {
        IpAddress from = base.address();
        while (true) {
            Optional<IpPrefix> candidate = lowestFrom(from, length);
            if (candidate.isEmpty()) {
                return candidate;
            }
            IpPrefix subnet = candidate.orElseThrow();
            Optional<UsedSubnets.Use> use = inUse.overlapping(subnet);
            if (use.isEmpty()) {
                return candidate;
            }
            inTheWay.accept(use.orElseThrow());
            IpAddress end = use.orElseThrow().subnet().last();
            IpAddress last = end.compareTo(subnet.last()) > 0 ? end : subnet.last();
            if (last.compareTo(base.last()) >= 0) {
                return Optional.empty();
            }
            from = last.plus(1);
        }
    }

    /** Returns the lowest free subnet of this length that starts at or after an address at which one could start. */
    private Optional<IpPrefix> lowestFrom(IpAddress start, int length) {
        IpAddress best = null;
        for (int i = base.length(); i <= length; i++) {
            IpAddress around = free(i).floor(start);
            boolean inside = around != null && new IpPrefix(around, i).contains(start);
            IpAddress found = inside ? start : free(i).ceiling(start);
            if (found != null && (best == null || found.compareTo(best) < 0)) {
                best = found;
            }
        }
        return Optional.ofNullable(best).map(address -> new IpPrefix(address, length));
    }
}
