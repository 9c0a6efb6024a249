package io.cnm4j.driver.ipam;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All pools of one family: none overlaps another. Thread-safe. */
final class PoolSpace {
    private static final int NAMED_IN_MESSAGES = 5;

    private final List<AddressPool> bases;
    private final List<FreeSubnets> free; // one for each base; guarded by this
    private final TreeMap<IpAddress, SharedSubnet> taken = new TreeMap<>(); // by first address; guarded by this
    private final String family;

    /** @param bases where dynamic pools come from, in order; one that lies in another counts for nothing */
    PoolSpace(Family family, List<AddressPool> bases) {
        this.family = family.toString();
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
    LeasedPool takeAny(PoolRequest request) {
        int wanted = request.pool().map(IpPrefix::length).orElse(-1);
        if (wanted >= 0 && bases.stream().allMatch(base -> wanted < base.base().length())) {
            throw new InvalidRequestException("no address pool of " + basesText() + " can hold a " + family + " subnet"
                    + sizeText(wanted) + " for " + request.owner()
                    + "; ask for a smaller one, name a subnet, or configure a larger pool");
        }
        var ofOthers = new ArrayList<UsedSubnets.Use>();
        Optional<LeasedPool> taken = lowest(request, wanted, ofOthers);
        return taken.orElseThrow(() -> exhausted(request, wanted, ofOthers));
    }

    private synchronized Optional<LeasedPool> lowest(PoolRequest request, int wanted, List<UsedSubnets.Use> ofOthers) {
        for (int i = 0; i < bases.size(); i++) {
            int length = wanted < 0 ? bases.get(i).size() : wanted;
            if (length < bases.get(i).base().length()) {
                continue;
            }
            Optional<IpPrefix> subnet = free.get(i).lowest(length, request.inUse(), ofOthers::add);
            if (subnet.isPresent()) {
                return Optional.of(add(PoolIpam.state(request, subnet.orElseThrow(), Optional.empty())));
            }
        }
        return Optional.empty();
    }

    private ExhaustedException exhausted(PoolRequest request, int wanted, List<UsedSubnets.Use> ofOthers) {
        Stream<String> inTheWay = Stream.concat(
                ofOthers.stream().map(UsedSubnets.Use::toString),
                takenOfBases().stream().map(state -> state.pool() + " of " + state.owner()));
        String named = inTheWay.limit(NAMED_IN_MESSAGES).collect(Collectors.joining(", "));
        int more = ofOthers.size() + takenOfBases().size() - NAMED_IN_MESSAGES;
        return new ExhaustedException("no " + family + " subnet" + sizeText(wanted) + " is left for " + request.owner()
                + " in " + basesText() + "; in the way: " + named + (more > 0 ? " and " + more + " more" : "")
                + "; delete a network, name a subnet, or configure more address pools");
    }

    private synchronized List<PoolState> takenOfBases() {
        return taken.values().stream()
                .flatMap(subnet -> subnet.pools().stream())
                .map(LeasedPool::state)
                .filter(state -> bases.stream().anyMatch(base -> base.base().overlaps(state.pool())))
                .toList();
    }

    private static String sizeText(int wanted) {
        return wanted < 0 ? "" : " of /" + wanted;
    }

    private String basesText() {
        return bases.isEmpty()
                ? "none"
                : bases.stream().map(base -> base.base().toString()).collect(Collectors.joining(", "));
    }

    /** Takes exactly this subnet, or a range of it beside others. */
    synchronized LeasedPool take(PoolState state) {
        return share(state, false);
    }

    /** The same for what was taken before, in whatever order. */
    synchronized LeasedPool retake(PoolState state) {
        return share(state, true);
    }

    private LeasedPool share(PoolState state, boolean again) {
        List<LeasedPool> there = overlapping(state.pool());
        boolean mayShare = again || state.range().isPresent();
        for (LeasedPool other : there) {
            boolean isSame = other.state().pool().equals(state.pool());
            if (!isSame || !mayShare || other.state().range().equals(state.range())) {
                throw conflict(state, other.state(), isSame);
            }
        }
        return there.isEmpty() ? add(state) : addTo(there.get(0).subnet(), state);
    }

    private static ConflictException conflict(PoolState wanted, PoolState there, boolean isSame) {
        String what =
                wanted.range().map(range -> "range " + range + " of subnet ").orElse("subnet ") + wanted.pool();
        String taken = isSame && wanted.range().isPresent() ? " is taken by " : " overlaps " + there.pool() + " of ";
        return new ConflictException(
                what + " for " + wanted.owner() + taken + there.owner() + "; choose another, or delete that one");
    }

    /** Since no two overlap, only the neighbours of the first and the last address can be in the way. */
    private List<LeasedPool> overlapping(IpPrefix subnet) {
        return Optional.ofNullable(taken.floorEntry(subnet.last()))
                .map(entry -> entry.getValue().pools())
                .filter(pools -> pools.get(0).state().pool().overlaps(subnet))
                .orElse(List.of());
    }

    private LeasedPool add(PoolState state) {
        var subnet = new SharedSubnet(this);
        free.forEach(subnets -> subnets.take(state.pool()));
        taken.put(state.pool().address(), subnet);
        return addTo(subnet, state);
    }

    private static LeasedPool addTo(SharedSubnet subnet, PoolState state) {
        var pool = new LeasedPool(subnet, state);
        subnet.add(pool);
        return pool;
    }

    /** Takes a pool back; with the last the subnet is free. */
    synchronized void give(LeasedPool pool) {
        if (pool.subnet().remove(pool)) {
            taken.remove(pool.state().pool().address());
            free.forEach(subnets -> subnets.give(pool.state().pool()));
        }
    }
}
