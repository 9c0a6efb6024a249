package io.cnm4j.tck;

import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/** The address space that {@link IpamContract} is about, and what is done with it. */
abstract class IpamSubject {
    static final List<AddressPool> FOUR_OF_EACH =
            List.of(AddressPool.of("10.64.0.0/24", 26), AddressPool.of("fd00:64::/62", 64));
    static final int THREADS = 8;

    Ipam ipam;

    /** Returns the driver. */
    protected abstract IpamDriver newDriver();

    @BeforeEach
    void open() {
        open(FOUR_OF_EACH);
    }

    final void open(List<AddressPool> pools) {
        ipam = newDriver().open(new AddressSpace(AddressSpace.Scope.LOCAL, pools, "host"));
    }

    AddressPoolLease pool(String subnet) {
        return pool(subnet, Optional.empty());
    }

    AddressPoolLease pool(String subnet, Optional<String> range) {
        return pool("mine", subnet, range, Map.of());
    }

    AddressPoolLease pool(String owner, String subnet, Optional<String> range, Map<String, String> options) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        return ipam.requestPool(new PoolRequest(
                owner, prefix.family(), Optional.of(prefix), range.map(IpPrefix::parse), UsedSubnets.NONE, options));
    }

    AddressPoolLease any(Family family, String... exclude) {
        UsedSubnets inUse = UsedSubnets.of(Stream.of(exclude)
                .map(subnet -> new UsedSubnets.Use(IpPrefix.parse(subnet), () -> "route of eth7"))
                .toList());
        return ipam.requestPool(new PoolRequest("mine", family, Optional.empty(), Optional.empty(), inUse, Map.of()));
    }

    static IpAddress take(AddressPoolLease lease) {
        return lease.request(AddressRequest.ANY);
    }

    static IpAddress take(AddressPoolLease lease, String address) {
        return lease.request(AddressRequest.exactly(IpAddress.parse(address), Purpose.ENDPOINT));
    }

    static List<IpAddress> takeAll(AddressPoolLease lease) {
        var taken = new ArrayList<IpAddress>();
        try {
            while (taken.size() < 100_000) {
                taken.add(take(lease));
            }
        } catch (ExhaustedException over) {
            return taken;
        }
        throw new AssertionError("a pool of " + lease.state().pool() + " gave 100,000 addresses");
    }

    static List<IpAddress> addresses(String... addresses) {
        return List.of(addresses).stream().map(IpAddress::parse).toList();
    }

    static PoolRequest request(Family family, String pool, Optional<String> range) {
        return new PoolRequest(
                "mine",
                family,
                Optional.of(IpPrefix.parse(pool)),
                range.map(IpPrefix::parse),
                UsedSubnets.NONE,
                Map.of());
    }
}
