package io.cnm4j.driver.ipam;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.List;

/** Address management that never gets an address back. */
record ForgetfulIpam(Ipam right) implements Ipam {
    @Override
    public AddressPoolLease requestPool(PoolRequest request) {
        return new Lease(right.requestPool(request));
    }

    @Override
    public AddressPoolLease restorePool(PoolState state) {
        return new Lease(right.restorePool(state));
    }

    private record Lease(AddressPoolLease right) implements AddressPoolLease {
        @Override
        public PoolState state() {
            return right.state();
        }

        @Override
        public List<IpAddress> leased() {
            return right.leased();
        }

        @Override
        public IpAddress request(AddressRequest request) {
            return right.request(request);
        }

        @Override
        public void restore(IpAddress address) {
            right.restore(address);
        }

        @Override
        public void release(IpAddress address) {}

        @Override
        public void close() {
            right.close();
        }
    }
}
