package io.cnm4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
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
import io.cnm4j.spi.ipam.PoolState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every {@link IpamDriver} does that hands out addresses. Extend it and give the driver. Row ids in the names. */
public abstract class IpamContract {
    private static final List<AddressPool> FOUR_OF_EACH =
            List.of(AddressPool.of("10.64.0.0/24", 26), AddressPool.of("fd00:64::/62", 64));
    private static final int THREADS = 8;

    private Ipam ipam;

    /** Returns the driver. */
    protected abstract IpamDriver newDriver();

    @BeforeEach
    void open() {
        open(FOUR_OF_EACH);
    }

    private void open(List<AddressPool> pools) {
        ipam = newDriver().open(new AddressSpace(AddressSpace.Scope.LOCAL, pools, "host"));
    }

    private AddressPoolLease pool(String subnet) {
        return pool(subnet, Optional.empty());
    }

    private AddressPoolLease pool(String subnet, Optional<String> range) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        return ipam.requestPool(new PoolRequest(
                "mine", prefix.family(), Optional.of(prefix), range.map(IpPrefix::parse), UsedSubnets.NONE, Map.of()));
    }

    private AddressPoolLease any(Family family, String... exclude) {
        UsedSubnets inUse = UsedSubnets.of(Stream.of(exclude)
                .map(subnet -> new UsedSubnets.Use(IpPrefix.parse(subnet), () -> "route of eth7"))
                .toList());
        return ipam.requestPool(new PoolRequest("mine", family, Optional.empty(), Optional.empty(), inUse, Map.of()));
    }

    private static IpAddress take(AddressPoolLease lease) {
        return lease.request(AddressRequest.ANY);
    }

    private static IpAddress take(AddressPoolLease lease, String address) {
        return lease.request(AddressRequest.exactly(IpAddress.parse(address), Purpose.ENDPOINT));
    }

    private static List<IpAddress> takeAll(AddressPoolLease lease) {
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

    private static List<IpAddress> addresses(String... addresses) {
        return List.of(addresses).stream().map(IpAddress::parse).toList();
    }

    @Test
    @DisplayName("I1 MUST: no address is leased twice, and all of a pool are leased before it is exhausted (IPM-42)")
    void noDuplicates() {
        List<IpAddress> all = takeAll(pool("10.1.0.0/22"));
        assertThat(all).hasSize(1022).doesNotHaveDuplicates().allMatch(IpPrefix.parse("10.1.0.0/22")::contains);
        assertThat(takeAll(pool("fd00:1::/120"))).hasSize(255).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("I1 MUST: threads that lease at once get addresses apart (IPM-50)")
    void noDuplicatesAtOnce() {
        AddressPoolLease lease = pool("10.1.0.0/20");
        var leased = new ConcurrentSkipListSet<IpAddress>();
        Together.run(THREADS, thread -> {
            for (int i = 0; i < 500; i++) {
                IpAddress address = take(lease);
                assertThat(leased.add(address)).as("%s is leased once", address).isTrue();
                if (i % 5 == 0) {
                    leased.remove(address);
                    lease.release(address);
                }
            }
        });
        assertThat(leased).hasSize(THREADS * 400);
    }

    @Test
    @DisplayName("I2 MUST: a released address can be leased again; to release a free one is fine (IPM-45)")
    void releasedComesBack() {
        AddressPoolLease lease = pool("10.1.0.0/29");
        takeAll(lease);
        IpAddress third = IpAddress.parse("10.1.0.3");
        lease.release(third);
        lease.release(third);
        assertThat(takeAll(lease)).containsExactly(third);
        lease.release(third);
        assertThat(take(lease, "10.1.0.3")).isEqualTo(third);
    }

    @Test
    @DisplayName(
            "I3 MUST: the subnet's first address and IPv4 broadcast are not handed out; /31 and /32 have none (IPM-40)")
    void reservedAreNotHandedOut() {
        assertThat(takeAll(pool("10.1.0.0/29")))
                .containsExactlyInAnyOrderElementsOf(
                        addresses("10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.0.5", "10.1.0.6"));
        assertThat(takeAll(pool("fd00:1::/126")))
                .containsExactlyInAnyOrderElementsOf(addresses("fd00:1::1", "fd00:1::2", "fd00:1::3"));
        assertThat(takeAll(pool("10.2.0.0/31"))).containsExactlyInAnyOrderElementsOf(addresses("10.2.0.0", "10.2.0.1"));
        assertThat(takeAll(pool("10.3.0.7/32"))).containsExactlyElementsOf(addresses("10.3.0.7"));
        assertThat(takeAll(pool("fd00:2::/127")))
                .containsExactlyInAnyOrderElementsOf(addresses("fd00:2::", "fd00:2::1"));
        AddressPoolLease other = pool("10.4.0.0/29");
        assertThatThrownBy(() -> take(other, "10.4.0.0")).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> take(other, "10.4.0.7")).isInstanceOf(ConflictException.class);
    }

    @Test
    @DisplayName(
            "I3 MUST: a gateway and an auxiliary address are taken like any other; the gateway is the first (IPM-46)")
    void gatewayIsFirst() {
        AddressPoolLease lease = pool("10.1.0.0/29");
        lease.request(AddressRequest.exactly(IpAddress.parse("10.1.0.1"), Purpose.AUXILIARY));
        IpAddress gateway = lease.request(AddressRequest.GATEWAY);

        assertThat(gateway).isEqualTo(IpAddress.parse("10.1.0.2"));
        assertThat(takeAll(lease))
                .containsExactlyInAnyOrderElementsOf(addresses("10.1.0.3", "10.1.0.4", "10.1.0.5", "10.1.0.6"));
    }

    @Test
    @DisplayName("I4 MUST: an empty pool is an ExhaustedException that names the pool and its owner (IPM-43)")
    void exhausted() {
        AddressPoolLease lease = pool("10.1.0.0/30");
        takeAll(lease);
        assertThatThrownBy(() -> take(lease))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll("10.1.0.0/30", "mine");
        lease.release(IpAddress.parse("10.1.0.2"));
        assertThat(take(lease)).isEqualTo(IpAddress.parse("10.1.0.2"));
    }

    @Test
    @DisplayName(
            "I5 MUST: an address outside the pool is refused as invalid, a taken one as conflict, both named (IPM-41)")
    void refusedAddresses() {
        AddressPoolLease lease = pool("10.1.0.0/24");
        for (String outside : List.of("10.1.1.1", "10.0.255.255", "fd00::1")) {
            assertThatThrownBy(() -> take(lease, outside))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContainingAll(outside, "10.1.0.0/24");
        }
        assertThatThrownBy(() -> lease.release(IpAddress.parse("10.1.1.1")))
                .isInstanceOf(InvalidRequestException.class);
        take(lease, "10.1.0.9");
        assertThatThrownBy(() -> take(lease, "10.1.0.9"))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("10.1.0.9", "10.1.0.0/24");
        assertThat(takeAll(lease)).hasSize(253);
    }

    @Test
    @DisplayName("I6 MUST: a range bounds what is handed out, not what may be asked for (IPM-41, IPM-46)")
    void range() {
        AddressPoolLease lease = pool("10.1.0.0/24", Optional.of("10.1.0.128/30"));
        IpAddress gateway = lease.request(AddressRequest.GATEWAY);

        assertThat(gateway).isEqualTo(IpAddress.parse("10.1.0.128"));
        assertThat(takeAll(lease))
                .containsExactlyInAnyOrderElementsOf(addresses("10.1.0.129", "10.1.0.130", "10.1.0.131"));
        assertThat(take(lease, "10.1.0.5")).isEqualTo(IpAddress.parse("10.1.0.5"));
        assertThatThrownBy(() -> take(lease, "10.1.0.5")).isInstanceOf(ConflictException.class);
        lease.release(IpAddress.parse("10.1.0.5"));
        assertThatThrownBy(() -> take(lease)).isInstanceOf(ExhaustedException.class);
        assertThat(lease.state().pool()).as("IPM-47").isEqualTo(IpPrefix.parse("10.1.0.0/24"));
    }

    @Test
    @DisplayName("I7 MUST: a pool that overlaps another is refused, naming both; given back, it is free (IPM-09)")
    void overlapsAreRefused() {
        AddressPoolLease first = pool("10.1.0.0/16");
        for (String overlapping : List.of("10.1.0.0/16", "10.1.2.0/24", "10.0.0.0/8", "10.1.255.254/31")) {
            assertThatThrownBy(() -> pool(overlapping))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll(overlapping, "10.1.0.0/16", "mine");
        }
        pool("10.2.0.0/16");
        pool("10.0.0.0/16");
        first.close();
        first.close();
        assertThat(take(pool("10.1.0.0/24"))).isEqualTo(IpAddress.parse("10.1.0.1"));
        assertThat(take(pool("10.1.1.0/24"))).isEqualTo(IpAddress.parse("10.1.1.1"));
    }

    @Test
    @DisplayName("I7 MUST: two address spaces know nothing of each other (IPM-15)")
    void spacesAreApart() {
        pool("10.1.0.0/16");
        open(FOUR_OF_EACH);
        assertThat(pool("10.1.0.0/16").state().pool()).isEqualTo(IpPrefix.parse("10.1.0.0/16"));
    }

    @Test
    @DisplayName("I8 MUST: what cannot be is refused as invalid and takes nothing (IPM-11, IPM-12)")
    void impossiblePools() {
        invalid("10.1.0.1/24", request(Family.IPV4, "10.1.0.1/24", Optional.empty()));
        invalid("fd00::1/64", request(Family.IPV6, "fd00::1/64", Optional.empty()));
        invalid("fd00::/64", request(Family.IPV4, "fd00::/64", Optional.empty()));
        invalid("10.1.0.0/24", request(Family.IPV6, "10.1.0.0/24", Optional.empty()));
        invalid("10.2.0.0/25", request(Family.IPV4, "10.1.0.0/24", Optional.of("10.2.0.0/25")));
        invalid("10.1.0.1/25", request(Family.IPV4, "10.1.0.0/24", Optional.of("10.1.0.1/25")));
        invalid("fd00::/80", request(Family.IPV4, "10.1.0.0/24", Optional.of("fd00::/80")));
        invalid(
                "10.64.0.0/28",
                new PoolRequest(
                        "mine",
                        Family.IPV4,
                        Optional.empty(),
                        Optional.of(IpPrefix.parse("10.64.0.0/28")),
                        UsedSubnets.NONE,
                        Map.of()));
        invalid("/8", request(Family.IPV4, "0.0.0.0/8", Optional.empty()));
        for (String subnet : List.of("10.1.0.0/24", "10.2.0.0/25", "10.64.0.0/24", "fd00::/64")) {
            assertThat(pool(subnet).state().pool()).isEqualTo(IpPrefix.parse(subnet));
        }
    }

    private static PoolRequest request(Family family, String pool, Optional<String> range) {
        return new PoolRequest(
                "mine",
                family,
                Optional.of(IpPrefix.parse(pool)),
                range.map(IpPrefix::parse),
                UsedSubnets.NONE,
                Map.of());
    }

    private void invalid(String word, PoolRequest request) {
        assertThatThrownBy(() -> ipam.requestPool(request))
                .as("%s", request)
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(word);
    }

    @Test
    @DisplayName(
            "I9 MUST: dynamic pools come from the bases, the lowest free first, and a released one comes back (IPM-05)")
    void dynamicPools() {
        pool("10.64.0.64/27");
        assertThat(any(Family.IPV4).state().pool()).isEqualTo(IpPrefix.parse("10.64.0.0/26"));
        AddressPoolLease third = any(Family.IPV4);
        assertThat(third.state().pool()).isEqualTo(IpPrefix.parse("10.64.0.128/26"));
        assertThat(any(Family.IPV4).state().pool()).isEqualTo(IpPrefix.parse("10.64.0.192/26"));
        assertThatThrownBy(() -> any(Family.IPV4))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll("10.64.0.0/24", "mine");
        third.close();
        assertThat(any(Family.IPV4).state().pool()).isEqualTo(IpPrefix.parse("10.64.0.128/26"));
        assertThat(any(Family.IPV6).state().pool()).isEqualTo(IpPrefix.parse("fd00:64::/64"));
    }

    @Test
    @DisplayName(
            "I9 MUST: a dynamic pool has the size asked for and overlaps nothing that is excluded (IPM-05, IPM-08)")
    void dynamicPoolsAvoid() {
        assertThat(any(Family.IPV4, "10.64.0.0/28", "10.64.0.70/32").state().pool())
                .isEqualTo(IpPrefix.parse("10.64.0.128/26"));
        assertThat(ipam.requestPool(request(Family.IPV4, "0.0.0.0/30", Optional.empty()))
                        .state()
                        .pool())
                .isEqualTo(IpPrefix.parse("10.64.0.0/30"));
        assertThatThrownBy(() -> any(Family.IPV4, "10.64.0.0/25", "10.64.0.192/26"))
                .isInstanceOf(ExhaustedException.class);
        assertThatThrownBy(() -> any(Family.IPV6, "fd00::/16")).isInstanceOf(ExhaustedException.class);
    }

    @Test
    @DisplayName("I9 MUST: threads that ask at once get pools apart (IPM-17)")
    void poolsAtOnce() {
        open(List.of(AddressPool.of("10.64.0.0/16", 26)));
        var pools = new ConcurrentSkipListSet<IpAddress>();
        Together.run(THREADS, thread -> {
            for (int i = 0; i < 100; i++) {
                IpPrefix subnet = any(Family.IPV4).state().pool();
                assertThat(subnet.length()).isEqualTo(26);
                assertThat(pools.add(subnet.address()))
                        .as("%s is leased once", subnet)
                        .isTrue();
            }
        });
    }

    @Test
    @DisplayName("I10 MUST: what is restored is taken again, and nothing else (IPM-51)")
    void restored() {
        PoolState ranged = pool("10.1.0.0/29", Optional.of("10.1.0.0/30")).state();
        PoolState dynamic = any(Family.IPV6).state();
        open(FOUR_OF_EACH);
        AddressPoolLease lease = ipam.restorePool(ranged);
        lease.restore(IpAddress.parse("10.1.0.2"));
        lease.restore(IpAddress.parse("10.1.0.2"));
        lease.restore(IpAddress.parse("10.1.0.5"));

        assertThat(lease.state()).isEqualTo(ranged);
        assertThat(takeAll(lease)).containsExactlyInAnyOrderElementsOf(addresses("10.1.0.1", "10.1.0.3"));
        assertThatThrownBy(() -> take(lease, "10.1.0.5")).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> ipam.restorePool(ranged)).isInstanceOf(ConflictException.class);
        assertThat(ipam.restorePool(dynamic).state()).isEqualTo(dynamic);
        assertThat(any(Family.IPV6).state().pool()).isEqualTo(IpPrefix.parse("fd00:64:0:1::/64"));
    }

    @Test
    @DisplayName("I10 MUST: a pool that its base does not hold any more is restored all the same")
    void restoredWithoutItsBase() {
        PoolState dynamic = any(Family.IPV4).state();
        open(List.of(AddressPool.of("10.65.0.0/24", 26)));
        assertThat(take(ipam.restorePool(dynamic))).isEqualTo(IpAddress.parse("10.64.0.1"));
        assertThatThrownBy(() -> pool("10.64.0.0/26")).isInstanceOf(ConflictException.class);
    }
}
