package io.cnm4j.driver.ipam;

import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import java.security.SecureRandom;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Subnets and addresses from pools, the default. For a family without a configured pool it uses its own: for IPv4 those of
 * Docker, for IPv6 a unique local /48 (RFC 4193) of random bits, cut into /64. Thread-safe.
 */
public final class PoolIpamDriver implements IpamDriver {
    private static final List<AddressPool> DEFAULT_IPV4 = List.of(
            AddressPool.of("172.17.0.0/16", 16),
            AddressPool.of("172.18.0.0/16", 16),
            AddressPool.of("172.19.0.0/16", 16),
            AddressPool.of("172.20.0.0/14", 16),
            AddressPool.of("172.24.0.0/14", 16),
            AddressPool.of("172.28.0.0/14", 16),
            AddressPool.of("192.168.0.0/16", 20));
    private static final long UNIQUE_LOCAL = 0xfdL << 56;
    private static final long GLOBAL_ID = 0xff_ffff_ffffL << 16;

    private final RandomGenerator random;

    /** Made by {@link java.util.ServiceLoader}. */
    public PoolIpamDriver() {
        this(new SecureRandom());
    }

    /** @param random where the global id of the IPv6 pool comes from */
    PoolIpamDriver(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public String name() {
        return "default";
    }

    @Override
    public Ipam open(List<AddressPool> pools) {
        Stream<AddressPool> ipv4 = has(pools, Family.IPV4) ? Stream.of() : DEFAULT_IPV4.stream();
        Stream<AddressPool> ipv6 = has(pools, Family.IPV6) ? Stream.of() : Stream.of(uniqueLocal());
        return new PoolIpam(
                Stream.concat(pools.stream(), Stream.concat(ipv4, ipv6)).toList());
    }

    private static boolean has(List<AddressPool> pools, Family family) {
        return pools.stream().anyMatch(pool -> pool.base().family() == family);
    }

    private AddressPool uniqueLocal() {
        long prefix = UNIQUE_LOCAL | (random.nextLong() & GLOBAL_ID);
        return new AddressPool(new IpPrefix(IpAddress.ipv6(prefix, 0), 48), 64);
    }
}
