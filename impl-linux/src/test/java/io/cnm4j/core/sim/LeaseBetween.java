package io.cnm4j.core.sim;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.function.UnaryOperator;

/** A lease that leaves everything to another. */
class LeaseBetween implements AddressPoolLease {
    final AddressPoolLease real;

    LeaseBetween(AddressPoolLease real) {
        this.real = real;
    }

    /** Returns an IPAM of such leases. */
    static Ipam ipam(Ipam real, UnaryOperator<AddressPoolLease> between) {
        return new Ipam() {
            @Override
            public AddressPoolLease requestPool(PoolRequest request) {
                return between.apply(real.requestPool(request));
            }

            @Override
            public AddressPoolLease restorePool(PoolState state) {
                return between.apply(real.restorePool(state));
            }
        };
    }

    @Override
    public PoolState state() {
        return real.state();
    }

    @Override
    public IpAddress request(AddressRequest request) {
        return real.request(request);
    }

    @Override
    public void restore(IpAddress address) {
        real.restore(address);
    }

    @Override
    public void release(IpAddress address) {
        real.release(address);
    }

    @Override
    public void close() {
        real.close();
    }
}
