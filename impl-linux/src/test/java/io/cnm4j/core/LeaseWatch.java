package io.cnm4j.core;

import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** The pools of 10.0.0.0/8 and fd00::/48, and what is leased of them. Thread-safe. */
public final class LeaseWatch implements Ipam {
    private final Ipam pools = new PoolIpamDriver()
            .open(new AddressSpace(
                    AddressSpace.Scope.LOCAL,
                    List.of(AddressPool.of("10.0.0.0/8", 16), AddressPool.of("fd00::/48", 64)),
                    "host"));
    private final Set<String> leased = new ConcurrentSkipListSet<>();

    /** Returns all pools (with length) and addresses (without) that are out. */
    public Set<String> leased() {
        return new TreeSet<>(leased);
    }

    @Override
    public AddressPoolLease requestPool(PoolRequest request) {
        return new Watched(pools.requestPool(request));
    }

    @Override
    public AddressPoolLease restorePool(PoolState state) {
        return new Watched(pools.restorePool(state));
    }

    private final class Watched implements AddressPoolLease {
        private final AddressPoolLease lease;
        private final Set<String> mine = new ConcurrentSkipListSet<>();

        Watched(AddressPoolLease lease) {
            this.lease = lease;
            leased.add(lease.state().pool().toString());
        }

        @Override
        public PoolState state() {
            return lease.state();
        }

        @Override
        public IpAddress request(AddressRequest request) {
            IpAddress address = lease.request(request);
            if (!leased.add(address.toString())) {
                throw new AssertionError(address + " is leased twice");
            }
            mine.add(address.toString());
            return address;
        }

        @Override
        public void restore(IpAddress address) {
            lease.restore(address);
            leased.add(address.toString());
            mine.add(address.toString());
        }

        @Override
        public void release(IpAddress address) {
            lease.release(address);
            leased.remove(address.toString());
            mine.remove(address.toString());
        }

        @Override
        public void close() {
            lease.close();
            leased.remove(lease.state().pool().toString());
            leased.removeAll(mine);
        }
    }
}
