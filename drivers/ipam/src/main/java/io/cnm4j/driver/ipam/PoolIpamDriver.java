package io.cnm4j.driver.ipam;

import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.AddressSpace.Scope;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Subnets and addresses from pools, the default. For a family without a configured pool it uses its own: for IPv4 those of Docker, of
 * a host or of a cluster; for IPv6 on a host a unique local /48 (RFC 4193) that follows from the host's name, cut into /64; for
 * IPv6 in a cluster none. Stateless.
 */
public final class PoolIpamDriver implements IpamDriver {
    private static final List<AddressPool> LOCAL_IPV4 = List.of(
            AddressPool.of("172.17.0.0/16", 16),
            AddressPool.of("172.18.0.0/16", 16),
            AddressPool.of("172.19.0.0/16", 16),
            AddressPool.of("172.20.0.0/14", 16),
            AddressPool.of("172.24.0.0/14", 16),
            AddressPool.of("172.28.0.0/14", 16),
            AddressPool.of("192.168.0.0/16", 20));
    private static final List<AddressPool> GLOBAL_IPV4 = List.of(AddressPool.of("10.0.0.0/8", 24));
    private static final long UNIQUE_LOCAL = 0xfdL << 56;
    private static final long GLOBAL_ID = 0xff_ffff_ffffL;

    /** Made by {@link java.util.ServiceLoader}. */
    public PoolIpamDriver() {}

    @Override
    public String name() {
        return "default";
    }

    @Override
    public Ipam open(AddressSpace space) {
        boolean local = space.scope() == Scope.LOCAL;
        var bases = new ArrayList<AddressPool>(space.pools());
        if (!has(space, Family.IPV4)) {
            bases.addAll(local ? LOCAL_IPV4 : GLOBAL_IPV4);
        }
        if (!has(space, Family.IPV6) && local) {
            bases.add(uniqueLocal(space.host()));
        }
        return new PoolIpam(bases);
    }

    private static boolean has(AddressSpace space, Family family) {
        return space.pools().stream().anyMatch(pool -> pool.base().family() == family);
    }

    /** The 40 bits that RFC 4193 calls the global id are those of a digest, so that they are the same after every open. */
    private static AddressPool uniqueLocal(String host) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(host.getBytes(StandardCharsets.UTF_8));
            long globalId = ByteBuffer.wrap(digest).getLong() & GLOBAL_ID;
            return new AddressPool(new IpPrefix(IpAddress.ipv6(UNIQUE_LOCAL | globalId << 16, 0), 48), 64);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
