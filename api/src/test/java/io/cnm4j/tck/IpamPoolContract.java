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
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The part of {@link IpamContract} that is about pools. */
abstract class IpamPoolContract extends IpamSubject {
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

    @Test
    @DisplayName("I8 MUST: all addresses there are can be no subnet (IPM-16)")
    void everything() {
        for (String all : List.of("0.0.0.0/0", "::/0")) {
            invalid("/0", request(IpPrefix.parse(all).family(), all, Optional.empty()));
        }
    }

    @Test
    @DisplayName(
            "I11 MUST: pools that name ranges share a subnet and its addresses; the same range, or none, is refused (IPM-10)")
    void sharedSubnets() {
        AddressPoolLease low = pool("low", "10.1.0.0/24", Optional.of("10.1.0.0/29"), Map.of());
        AddressPoolLease wide = pool("wide", "10.1.0.0/24", Optional.of("10.1.0.0/28"), Map.of());
        IpAddress first = take(low);
        IpAddress second = take(wide);

        assertThat(List.of(first, second)).isEqualTo(addresses("10.1.0.1", "10.1.0.2"));
        for (AddressPoolLease lease : List.of(low, wide)) {
            assertThatThrownBy(() -> take(lease, "10.1.0.1")).isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> take(lease, "10.1.0.2")).isInstanceOf(ConflictException.class);
        }
        for (Optional<String> range : List.of(Optional.of("10.1.0.0/28"), Optional.<String>empty())) {
            assertThatThrownBy(() -> pool("other", "10.1.0.0/24", range, Map.of()))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll("10.1.0.0/24", "other");
        }
        assertThatThrownBy(() -> pool("other", "10.1.0.0/23", Optional.of("10.1.1.0/28"), Map.of()))
                .as("another subnet, though the ranges do not meet")
                .isInstanceOf(ConflictException.class);
        assertThat(takeAll(low)).hasSize(5).doesNotContain(first, second);
        assertThat(takeAll(wide)).hasSize(8).doesNotContain(first, second);
    }

    @Test
    @DisplayName(
            "I11 MUST: what a pool leased is free when it is closed, and the subnet with the last of them (IPM-13)")
    void lastOfASharedSubnet() {
        AddressPoolLease low = pool("low", "10.1.0.0/24", Optional.of("10.1.0.0/28"), Map.of());
        AddressPoolLease wide = pool("wide", "10.1.0.0/24", Optional.of("10.1.0.0/27"), Map.of());
        take(low);
        take(wide);
        low.close();
        low.close();
        assertThat(take(wide, "10.1.0.1")).isEqualTo(IpAddress.parse("10.1.0.1"));
        assertThatThrownBy(() -> pool("10.1.0.0/24")).isInstanceOf(ConflictException.class);
        wide.close();
        assertThat(takeAll(pool("10.1.0.0/24"))).hasSize(254);
    }
}
