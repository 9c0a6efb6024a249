package io.cnm4j.driver.ipam;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.spi.ipam.PoolUse;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The right address management but for what is done to requests for pools and to their leases. */
record WrongIpam(UnaryOperator<PoolRequest> request, UnaryOperator<AddressPoolLease> lease) implements IpamDriver {
    /** A lease that does what the right one does. */
    static class Lease implements AddressPoolLease {
        final AddressPoolLease right;

        Lease(AddressPoolLease right) {
            this.right = right;
        }

        @Override
        public PoolState state() {
            return right.state();
        }

        @Override
        public Optional<PoolUse> use() {
            return right.use();
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
        public void release(IpAddress address) {
            right.release(address);
        }

        @Override
        public void close() {
            right.close();
        }
    }

    @Override
    public String name() {
        return "wrong";
    }

    @Override
    public Ipam open(AddressSpace space) {
        Ipam right = new PoolIpamDriver().open(space);
        return new Ipam() {
            @Override
            public AddressPoolLease requestPool(PoolRequest wish) {
                return lease.apply(right.requestPool(request.apply(wish)));
            }

            @Override
            public AddressPoolLease restorePool(PoolState state) {
                return lease.apply(right.restorePool(state));
            }
        };
    }
}
