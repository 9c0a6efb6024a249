package io.cnm4j.driver.ipam;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.Optional;

/** Hands out nothing: for networks whose addresses come from elsewhere. Stateless. */
public final class NoIpamDriver implements IpamDriver {
    private static final IpPrefix ALL_IPV4 = IpPrefix.parse("0.0.0.0/0");
    private static final IpPrefix ALL_IPV6 = IpPrefix.parse("::/0");

    /** Made by {@link java.util.ServiceLoader}. */
    public NoIpamDriver() {}

    @Override
    public String name() {
        return "none";
    }

    @Override
    public Ipam open(AddressSpace space) {
        return new NoIpam();
    }

    private static final class NoIpam implements Ipam {
        @Override
        public boolean givesAddresses() {
            return false;
        }

        @Override
        public AddressPoolLease requestPool(PoolRequest request) {
            IpPrefix all = request.family() == Family.IPV4 ? ALL_IPV4 : ALL_IPV6;
            if (request.pool().filter(pool -> !pool.equals(all)).isPresent()
                    || request.range().isPresent()) {
                throw new InvalidRequestException("IPAM driver 'none' gives no subnets, but " + request.owner()
                        + " asks for " + request.pool().or(request::range).orElseThrow()
                        + "; leave it out or use IPAM driver 'default'");
            }
            return new NoAddresses(new PoolState(all.toString(), request.owner(), all, Optional.empty()));
        }

        @Override
        public AddressPoolLease restorePool(PoolState state) {
            return new NoAddresses(state);
        }
    }

    private record NoAddresses(PoolState state) implements AddressPoolLease {
        @Override
        public IpAddress request(AddressRequest request) {
            throw new InvalidRequestException("IPAM driver 'none' gives no addresses to " + state.owner()
                    + "; use IPAM driver 'default' or a network driver that brings its own");
        }

        @Override
        public void restore(IpAddress address) {}

        @Override
        public void release(IpAddress address) {}

        @Override
        public void close() {}
    }
}
