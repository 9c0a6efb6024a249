package io.cnm4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolUse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every {@link IpamDriver} does that hands out addresses. Extend it and give the driver. Row ids in the names. */
public abstract class IpamContract extends IpamPoolContract {
    private static final String SERIAL = "com.docker.network.ipam.serial";

    /** Tells whether the driver knows this option of Docker's; override where it does not. */
    protected boolean serves(String option) {
        return true;
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
    @DisplayName("I12 MUST: in a serial pool a released address is leased again after all others (IPM-44)")
    void serial() {
        assumeTrue(serves(SERIAL), "the driver has no option " + SERIAL);
        AddressPoolLease lease = pool("mine", "10.1.0.0/24", Optional.of("10.1.0.8/29"), Map.of(SERIAL, "true"));
        List<IpAddress> first = List.of(take(lease), take(lease), take(lease));
        lease.release(first.get(0));
        lease.release(first.get(1));
        List<IpAddress> rest = takeAll(lease);

        assertThat(rest).hasSize(7).doesNotContain(first.get(2));
        assertThat(rest.subList(5, 7)).isEqualTo(first.subList(0, 2));
        lease.release(rest.get(2));
        assertThat(takeAll(lease)).containsExactly(rest.get(2));
    }

    @Test
    @DisplayName("I12 MUST: threads that lease from a serial pool each see addresses rise (IPM-50)")
    void serialAtOnce() {
        assumeTrue(serves(SERIAL), "the driver has no option " + SERIAL);
        AddressPoolLease lease = pool("mine", "10.1.0.0/20", Optional.empty(), Map.of(SERIAL, "true"));
        Together.run(THREADS, thread -> {
            IpAddress before = IpAddress.parse("10.1.0.0");
            for (int i = 0; i < 400; i++) {
                IpAddress address = take(lease);
                lease.release(address);
                assertThat(address).isGreaterThan(before);
                before = address;
            }
        });
    }

    @Test
    @DisplayName("I13 MUST: a pool tells at any time what is used, what is available and what is leased (IPM-49)")
    void use() {
        AddressPoolLease lease = pool("10.1.0.0/24", Optional.of("10.1.0.0/29"));
        assumeTrue(lease.use().isPresent(), "the driver does not tell");
        assertThat(lease.use()).as("the first and the last are nobody's").contains(new PoolUse(2, 7));
        IpAddress one = take(lease);
        IpAddress far = take(lease, "10.1.0.200");
        assertThat(lease.use()).contains(new PoolUse(4, 6));
        assertThat(lease.leased()).containsExactly(one, far);
        lease.release(one);
        assertThat(lease.use()).contains(new PoolUse(3, 7));
        assertThat(lease.leased()).containsExactly(far);
        takeAll(lease);
        assertThat(lease.use()).contains(new PoolUse(10, 0));
    }

    @Test
    @DisplayName("I14 MUST: each refusal names the pool, whose it is, who is in the way and a way out (IPS-08)")
    void refusals() {
        AddressPoolLease lease = pool("web", "10.1.0.0/30", Optional.empty(), Map.of());
        pool("db", "10.2.0.0/24", Optional.of("10.2.0.0/25"), Map.of());
        refused(InvalidRequestException.class, () -> take(lease, "10.9.0.1"), "10.9.0.1", "10.1.0.0/30", "web");
        refused(ConflictException.class, () -> take(lease, "10.1.0.3"), "10.1.0.3", "10.1.0.0/30", "web");
        take(lease, "10.1.0.1");
        refused(ConflictException.class, () -> take(lease, "10.1.0.1"), "10.1.0.1", "10.1.0.0/30", "web");
        takeAll(lease);
        refused(ExhaustedException.class, () -> take(lease), "10.1.0.0/30", "web");
        refused(ConflictException.class, () -> pool("10.1.0.0/16"), "10.1.0.0/16", "mine", "10.1.0.0/30", "web");
        refused(
                ConflictException.class,
                () -> pool("10.2.0.0/24", Optional.of("10.2.0.0/25")),
                "10.2.0.0/25",
                "mine",
                "db");
        refused(InvalidRequestException.class, () -> pool("10.3.0.1/24"), "10.3.0.1/24", "mine");
        refused(
                InvalidRequestException.class,
                () -> pool("10.3.0.0/24", Optional.of("10.4.0.0/25")),
                "10.4.0.0/25",
                "10.3.0.0/24",
                "mine");
        refused(InvalidRequestException.class, () -> pool("0.0.0.0/9"), "/9", "10.64.0.0/24", "mine");
        pool("big", "10.64.0.0/25", Optional.empty(), Map.of());
        refused(
                ExhaustedException.class,
                () -> any(Family.IPV4, "10.64.0.128/25"),
                "10.64.0.128/25",
                "route of eth7",
                "10.64.0.0/25",
                "big",
                "mine");
    }

    private static void refused(Class<? extends CnmException> type, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOf(type)
                .hasMessageContainingAll(words)
                .hasMessageMatching("(?s).+; .+");
    }

    @Test
    @DisplayName("I15 MUST: a full pool whose addresses threads release at once is wholly free again (IPM-45)")
    void releasedAtOnce() {
        AddressPoolLease lease = pool("10.1.0.0/22");
        List<IpAddress> all = takeAll(lease);
        Together.run(THREADS, thread -> {
            for (int i = thread; i < all.size(); i += THREADS) {
                lease.release(all.get(i));
            }
        });
        assertThat(takeAll(lease)).hasSameElementsAs(all);
    }
}
