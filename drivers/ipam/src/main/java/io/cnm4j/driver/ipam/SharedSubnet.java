package io.cnm4j.driver.ipam;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A subnet that is taken, and the pools that share it: nearly always one. It is the lock of these. */
final class SharedSubnet {
    private final PoolSpace space;
    private @Nullable LeasedPool first; // guarded by this
    private List<LeasedPool> others = List.of(); // guarded by this

    SharedSubnet(PoolSpace space) {
        this.space = space;
    }

    /** Returns where it was taken from. */
    PoolSpace space() {
        return space;
    }

    /** Tells whether there are several pools. */
    boolean isShared() {
        return !others.isEmpty();
    }

    /** Returns a snapshot of its pools. */
    synchronized List<LeasedPool> pools() {
        var pools = new ArrayList<LeasedPool>(1 + others.size());
        if (first != null) {
            pools.add(first);
        }
        pools.addAll(others);
        return pools;
    }

    /** Adds a pool. */
    synchronized void add(LeasedPool pool) {
        List<LeasedPool> pools = pools();
        pools.add(pool);
        set(pools);
    }

    /** Removes a pool; tells whether that was the last. */
    synchronized boolean remove(LeasedPool pool) {
        List<LeasedPool> pools = pools();
        pools.remove(pool);
        set(pools);
        return pools.isEmpty();
    }

    private void set(List<LeasedPool> pools) {
        first = pools.isEmpty() ? null : pools.get(0);
        others = pools.size() < 2 ? List.of() : List.copyOf(pools.subList(1, pools.size()));
    }
}
