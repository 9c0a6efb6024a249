package io.cnm4j.driver.ipam;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All pools of one family: none overlaps another. Thread-safe. */
final class PoolSpace {
    private static final int NAMED_IN_MESSAGES = 5;

    private final List<AddressPool> bases;
    private final List<FreeSubnets> free; // one for each base; guarded by this
    private final TreeMap<IpAddress, LeasedPool> taken = new TreeMap<>(); // by first address; guarded by this

    /** @param bases where dynamic pools come from, in order; one that lies in another counts for nothing */
    PoolSpace(List<AddressPool> bases) {
        this.bases = bases.stream()
                .distinct()
                .filter(base -> bases.stream().noneMatch(other -> covers(other, base)))
                .toList();
        this.free =
                this.bases.stream().map(base -> new FreeSubnets(base.base())).toList();
    }

    private static boolean covers(AddressPool other, AddressPool base) {
        return other.base().contains(base.base())
                && other.base().length() < base.base().length();
    }

    /** Takes the lowest free subnet of the first base that has one. */
    synchronized LeasedPool takeAny(PoolRequest request) {
        int wanted = request.pool().map(IpPrefix::length).orElse(-1);
        List<IpPrefix> exclude =
                request.exclude().stream().map(IpPrefix::subnet).toList();
        boolean fits = false;
        for (int i = 0; i < bases.size(); i++) {
            int length = wanted < 0 ? bases.get(i).size() : wanted;
            if (length < bases.get(i).base().length()) {
                continue;
            }
            fits = true;
            Optional<IpPrefix> subnet = free.get(i).lowest(length, exclude);
            if (subnet.isPresent()) {
                return add(PoolIpam.state(request, subnet.orElseThrow(), Optional.empty()));
            }
        }
        if (!fits) {
            throw new InvalidRequestException("no address pool of " + basesText() + " can hold a /" + wanted + " for "
                    + request.owner() + "; ask for a smaller subnet, name one, or configure a larger pool");
        }
        throw exhausted(request, wanted, exclude);
    }

    private ExhaustedException exhausted(PoolRequest request, int wanted, List<IpPrefix> exclude) {
        Stream<String> pools = taken.values().stream()
                .map(LeasedPool::state)
                .filter(state -> inBases(state.pool()))
                .map(state -> state.pool() + " of " + state.owner());
        Stream<String> host = exclude.stream().filter(this::inBases).map(subnet -> subnet + " of the host");
        List<String> inTheWay = Stream.concat(pools, host).toList();
        String named = inTheWay.stream().limit(NAMED_IN_MESSAGES).collect(Collectors.joining(", "));
        int more = inTheWay.size() - NAMED_IN_MESSAGES;
        return new ExhaustedException(
                "no " + (wanted < 0 ? "" : "/" + wanted + " ") + "subnet is left for " + request.owner() + " in "
                        + basesText() + "; in the way: " + named + (more > 0 ? " and " + more + " more" : "")
                        + "; delete a network, name a subnet, or configure more address pools");
    }

    private boolean inBases(IpPrefix subnet) {
        return bases.stream().anyMatch(base -> base.base().overlaps(subnet));
    }

    private String basesText() {
        return bases.isEmpty()
                ? "none"
                : bases.stream().map(base -> base.base().toString()).collect(Collectors.joining(", "));
    }

    /** Takes exactly this subnet. */
    synchronized LeasedPool take(PoolState state) {
        Optional<LeasedPool> other = overlapping(state.pool());
        if (other.isPresent()) {
            PoolState there = other.orElseThrow().state();
            throw new ConflictException("subnet " + state.pool() + " of " + state.owner() + " overlaps " + there.pool()
                    + " of " + there.owner() + "; choose another subnet");
        }
        return add(state);
    }

    /** Since no two overlap, only the neighbours of the first and the last address can be in the way. */
    private Optional<LeasedPool> overlapping(IpPrefix subnet) {
        return Optional.ofNullable(taken.floorEntry(subnet.last()))
                .map(Map.Entry::getValue)
                .filter(pool -> pool.state().pool().overlaps(subnet));
    }

    private LeasedPool add(PoolState state) {
        var pool = new LeasedPool(this, state);
        free.forEach(subnets -> subnets.take(state.pool()));
        taken.put(state.pool().address(), pool);
        return pool;
    }

    /** Takes a pool back. */
    synchronized void give(LeasedPool pool) {
        taken.remove(pool.state().pool().address());
        free.forEach(subnets -> subnets.give(pool.state().pool()));
    }
}
