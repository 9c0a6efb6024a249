package io.cnm4j.core.sim;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.LeaseWatch;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.tck.WriteTap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Pools and addresses that somebody else keeps: their names outlive the process. Taking back what a record speaks of asks nobody. */
final class OutsideIpam implements Ipam {
    private final Ipam real = new LeaseWatch();
    private final Map<IpPrefix, AddressPoolLease> known = new ConcurrentHashMap<>();
    private final Set<String> outside;
    private final WriteTap tap;

    /** @param outside what the other side has */
    OutsideIpam(Set<String> outside, WriteTap tap) {
        this.outside = outside;
        this.tap = tap;
    }

    @Override
    public boolean external() {
        return true;
    }

    @Override
    public AddressPoolLease requestPool(PoolRequest request) {
        tap.before("make pool");
        AddressPoolLease taken = real.requestPool(request);
        known.put(taken.state().pool(), taken);
        var lease = new Lease(taken);
        outside.add(lease.name());
        tap.after("make pool");
        return lease;
    }

    @Override
    public AddressPoolLease restorePool(PoolState state) {
        return new Lease(known.computeIfAbsent(state.pool(), pool -> real.restorePool(state)));
    }

    private final class Lease extends LeaseBetween {
        Lease(AddressPoolLease real) {
            super(real);
        }

        private String name() {
            return "pool " + state().pool();
        }

        private String name(IpAddress address) {
            return name() + " address " + address;
        }

        @Override
        public IpAddress request(AddressRequest request) {
            tap.before("make address");
            IpAddress address = super.request(request);
            outside.add(name(address));
            tap.after("make address");
            return address;
        }

        @Override
        public void release(IpAddress address) {
            tap.before("remove address");
            outside.remove(name(address));
            super.release(address);
            tap.after("remove address");
        }

        @Override
        public void close() {
            tap.before("remove pool");
            outside.removeIf(thing -> thing.equals(name()) || thing.startsWith(name() + " "));
            super.close();
            known.remove(state().pool());
            tap.after("remove pool");
        }
    }
}
