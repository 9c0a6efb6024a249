package io.cnm4j.driver.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ClosedException;
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
import io.cnm4j.spi.ipam.AddressSpace.Scope;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.spi.ipam.PoolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PoolIpamTest {
    private static final String SERIAL = "com.docker.network.ipam.serial";

    private final Ipam ipam = open("host");

    private static Ipam open(String host, AddressPool... pools) {
        return new PoolIpamDriver().open(new AddressSpace(Scope.LOCAL, List.of(pools), host));
    }

    private static PoolRequest any(Family family) {
        return new PoolRequest("network 'web'", family, Optional.empty(), Optional.empty(), UsedSubnets.NONE, Map.of());
    }

    private static PoolRequest of(String subnet, Map<String, String> options) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        return new PoolRequest(
                "network 'web'", prefix.family(), Optional.of(prefix), Optional.empty(), UsedSubnets.NONE, options);
    }

    /** Takes a subnet, or a range of it. */
    static AddressPoolLease ranged(Ipam ipam, String subnet, Optional<IpPrefix> range) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        return ipam.requestPool(new PoolRequest(
                "network 'web'", prefix.family(), Optional.of(prefix), range, UsedSubnets.NONE, Map.of()));
    }

    private static List<String> takeAllPools(Ipam ipam, Family family) {
        var pools = new ArrayList<String>();
        try {
            while (true) {
                pools.add(ipam.requestPool(any(family)).state().pool().toString());
            }
        } catch (ExhaustedException over) {
            return pools;
        }
    }

    private static String take(AddressPoolLease lease) {
        return lease.request(AddressRequest.ANY).toString();
    }

    @Test
    @DisplayName("IPM-02 the default pools are Docker's 31")
    void defaultPools() {
        List<String> pools = takeAllPools(ipam, Family.IPV4);
        assertThat(pools).hasSize(31).startsWith("172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/16");
        assertThat(pools.subList(14, 17)).containsExactly("172.31.0.0/16", "192.168.0.0/20", "192.168.16.0/20");
        assertThat(pools).endsWith("192.168.240.0/20");
    }

    @Test
    @DisplayName("IPM-07 exhaustion names who is in the way and what to do")
    void exhaustedPools() {
        takeAllPools(ipam, Family.IPV4);
        assertThatThrownBy(() -> ipam.requestPool(any(Family.IPV4)))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll(
                        "172.17.0.0/16 of network 'web'", "and 26 more", "192.168.0.0/16", "configure more");
    }

    @Test
    @DisplayName("IPM-31 IPv6 subnets come from a unique local /48 that follows from the host, cut into /64")
    void defaultIpv6Pools() {
        // printf %s host | sha256sum: 4740ae6347b0172c..., whose first 8 octets end in 63 47 b0 17 2c
        assertThat(ipam.requestPool(any(Family.IPV6)).state().pool()).hasToString("fd63:47b0:172c::/64");
        assertThat(ipam.requestPool(any(Family.IPV6)).state().pool()).hasToString("fd63:47b0:172c:1::/64");
        assertThat(open("host").requestPool(any(Family.IPV6)).state().pool()).hasToString("fd63:47b0:172c::/64");
        assertThat(open("other").requestPool(any(Family.IPV6)).state().pool().toString())
                .startsWith("fd")
                .isNotEqualTo("fd63:47b0:172c::/64");
    }

    @Test
    @DisplayName("IPM-03 the default pools of a cluster are the /24 of 10.0.0.0/8; IPv6 has none")
    void globalPools() {
        Ipam global = new PoolIpamDriver().open(new AddressSpace(Scope.GLOBAL, List.of(), "host"));
        List<String> pools = takeAllPools(global, Family.IPV4);
        assertThat(pools)
                .hasSize(65_536)
                .startsWith("10.0.0.0/24", "10.0.1.0/24")
                .endsWith("10.255.255.0/24");
        assertThatThrownBy(() -> global.requestPool(any(Family.IPV6)))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll("IPV6", "in none", "configure more address pools");
    }

    @Test
    @DisplayName("IPM-05 the error names the route that is in the way")
    void routesInTheWay() {
        Ipam small = open("host", AddressPool.of("10.9.0.0/24", 25));
        small.requestPool(of("10.9.0.128/30", Map.of()));
        var inUse = UsedSubnets.of(List.of(
                new UsedSubnets.Use(IpPrefix.parse("10.8.0.0/15"), () -> "route of tun0"),
                new UsedSubnets.Use(IpPrefix.parse("192.168.1.0/24"), () -> "route of wlan0")));
        var request =
                new PoolRequest("network 'web'", Family.IPV4, Optional.empty(), Optional.empty(), inUse, Map.of());
        assertThatThrownBy(() -> small.requestPool(request))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll(
                        "10.8.0.0/15 (route of tun0)", "10.9.0.128/30 of network 'web'", "name a subnet")
                .hasMessageNotContaining("wlan0");
    }

    @Test
    @DisplayName("IPM-10 pools with ranges share a subnet and its addresses; the same range, or none, is refused")
    void sharedSubnets() {
        AddressPoolLease low = ranged(ipam, "10.1.0.0/24", Optional.of(IpPrefix.parse("10.1.0.0/28")));
        AddressPoolLease wide = ranged(ipam, "10.1.0.0/24", Optional.of(IpPrefix.parse("10.1.0.0/27")));
        assertThat(List.of(take(low), take(wide), take(low))).containsExactly("10.1.0.1", "10.1.0.2", "10.1.0.3");
        assertThatThrownBy(() -> low.request(AddressRequest.exactly(IpAddress.parse("10.1.0.2"), Purpose.ENDPOINT)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("10.1.0.2", "10.1.0.0/24", "network 'web'", "choose another");
        for (Optional<String> range : List.of(Optional.of("10.1.0.0/27"), Optional.<String>empty())) {
            assertThatThrownBy(() -> ranged(ipam, "10.1.0.0/24", range.map(IpPrefix::parse)))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll("10.1.0.0/24", "network 'web'");
        }
        assertThatThrownBy(() -> ranged(ipam, "10.1.0.0/23", Optional.of(IpPrefix.parse("10.1.1.0/28"))))
                .as("another subnet, though ranges do not meet")
                .isInstanceOf(ConflictException.class);
        low.close();
        assertThat(List.of(take(wide), take(wide))).containsExactly("10.1.0.1", "10.1.0.3");
    }

    @Test
    @DisplayName("IPM-13 a subnet stays until the last of its pools goes; IPM-51 they come back in any order")
    void lastOfASharedSubnet() {
        AddressPoolLease whole = ranged(ipam, "10.1.0.0/24", Optional.empty());
        AddressPoolLease part = ranged(ipam, "10.1.0.0/24", Optional.of(IpPrefix.parse("10.1.0.64/26")));
        Ipam later = open("host");
        later.restorePool(part.state());
        later.restorePool(whole.state());
        assertThatThrownBy(() -> later.restorePool(whole.state())).isInstanceOf(ConflictException.class);
        whole.close();
        assertThatThrownBy(() -> ranged(ipam, "10.1.0.0/24", Optional.empty())).isInstanceOf(ConflictException.class);
        part.close();
        assertThat(take(ranged(ipam, "10.1.0.0/24", Optional.empty()))).isEqualTo("10.1.0.1");
    }

    @Test
    @DisplayName(
            "IPM-49 a pool tells how many addresses are used, its own first and last too, and how many of the range are left")
    void use() {
        AddressPoolLease pool = ranged(ipam, "10.1.0.0/24", Optional.of(IpPrefix.parse("10.1.0.0/29")));
        assertThat(pool.use()).contains(new PoolUse(2, 7));
        take(pool);
        pool.request(AddressRequest.exactly(IpAddress.parse("10.1.0.200"), Purpose.AUXILIARY));
        assertThat(pool.use()).contains(new PoolUse(4, 6));
        assertThat(pool.leased()).extracting(IpAddress::toString).containsExactly("10.1.0.1", "10.1.0.200");
        assertThat(ranged(ipam, "10.2.0.0/31", Optional.empty()).use()).contains(new PoolUse(0, 2));
        assertThat(ranged(ipam, "fd00:9::/64", Optional.empty()).use()).contains(new PoolUse(1, Long.MAX_VALUE - 1));
    }

    @Test
    @DisplayName("IPM-48 all of a large IPv6 subnet can be handed out, beyond 2^64 too")
    void acrossRegions() {
        AddressPoolLease pool =
                ranged(ipam, "fd00:9::/48", Optional.of(IpPrefix.parse("fd00:9:0:7:ffff:ffff:ffff:fffe/127")));
        assertThat(List.of(take(pool), take(pool)))
                .containsExactly("fd00:9:0:7:ffff:ffff:ffff:fffe", "fd00:9:0:7:ffff:ffff:ffff:ffff");
        assertThatThrownBy(() -> take(pool)).isInstanceOf(ExhaustedException.class);
        AddressPoolLease serial = ipam.requestPool(of("fd00:a::/48", Map.of(SERIAL, "true")));
        serial.request(AddressRequest.exactly(IpAddress.parse("fd00:a::1:0:0"), Purpose.ENDPOINT));
        assertThat(serial.leased()).extracting(IpAddress::toString).containsExactly("fd00:a::1:0:0");
        assertThat(take(serial)).isEqualTo("fd00:a::1");
    }

    @Test
    @DisplayName("CFG-03 pools configured for one family leave the other its defaults")
    void configuredPools() {
        Ipam configured = open("host", AddressPool.of("10.0.0.0/30", 31));
        assertThat(takeAllPools(configured, Family.IPV4)).containsExactly("10.0.0.0/31", "10.0.0.2/31");
        assertThat(configured.requestPool(any(Family.IPV6)).state().pool().length())
                .isEqualTo(64);
    }

    @Test
    @DisplayName("IPM-04 a base inside another counts for nothing; the same base twice is cut both ways")
    void nestedBases() {
        Ipam nested = open(
                "host",
                AddressPool.of("10.0.0.0/28", 30),
                AddressPool.of("10.0.0.0/24", 26),
                AddressPool.of("10.0.0.0/24", 25));
        assertThat(takeAllPools(nested, Family.IPV4))
                .containsExactly("10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26", "10.0.0.192/26");
    }

    @Test
    @DisplayName("IPM-08 a size asked for comes from the first base that can hold it")
    void sized() {
        assertThat(ipam.requestPool(of("0.0.0.0/15", Map.of())).state().pool()).hasToString("172.20.0.0/15");
        assertThat(ipam.requestPool(of("0.0.0.0/26", Map.of())).state().pool()).hasToString("172.17.0.0/26");
        assertThat(ipam.requestPool(of("0.0.0.0/16", Map.of())).state().pool()).hasToString("172.18.0.0/16");
        assertThat(ipam.requestPool(of("::/112", Map.of())).state().pool().length())
                .isEqualTo(112);
        assertThatThrownBy(() -> ipam.requestPool(of("0.0.0.0/13", Map.of())))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("/13");
    }

    @Test
    @DisplayName("IPM-09 a named subnet may lie in, or around, a base of dynamic ones")
    void namedInBase() {
        ipam.requestPool(of("172.16.0.0/12", Map.of()));
        assertThat(ipam.requestPool(any(Family.IPV4)).state().pool()).hasToString("192.168.0.0/20");
    }

    @Test
    @DisplayName("IPM-42 the lowest free address is handed out, IPM-44 also right after its release")
    void lowestFirst() {
        AddressPoolLease lease = ipam.requestPool(of("10.1.0.0/24", Map.of()));
        assertThat(List.of(take(lease), take(lease), take(lease))).containsExactly("10.1.0.1", "10.1.0.2", "10.1.0.3");
        lease.release(IpAddress.parse("10.1.0.1"));
        lease.request(AddressRequest.exactly(IpAddress.parse("10.1.0.4"), Purpose.ENDPOINT));
        assertThat(List.of(take(lease), take(lease))).containsExactly("10.1.0.1", "10.1.0.5");
    }

    @Test
    @DisplayName("IPM-44 a serial pool hands out a released address only after all others, also after a restart")
    void serial() {
        AddressPoolLease lease = ipam.requestPool(of("10.1.0.0/29", Map.of(SERIAL, "true")));
        PoolState state = lease.state();
        lease.close();
        AddressPoolLease again = ipam.restorePool(state);
        assertThat(List.of(take(again), take(again))).containsExactly("10.1.0.1", "10.1.0.2");
        again.release(IpAddress.parse("10.1.0.1"));
        assertThat(List.of(take(again), take(again), take(again), take(again), take(again)))
                .containsExactly("10.1.0.3", "10.1.0.4", "10.1.0.5", "10.1.0.6", "10.1.0.1");
        assertThatThrownBy(() -> ipam.requestPool(of("10.2.0.0/29", Map.of(SERIAL, "yes"))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll(SERIAL, "yes");
    }

    @Test
    @DisplayName("IPM-48 in a /64 the first are handed out, and any may be asked for")
    void largePools() {
        AddressPoolLease lease = ipam.requestPool(of("fd00:9::/64", Map.of()));
        assertThat(take(lease)).isEqualTo("fd00:9::1");
        for (String far : List.of("fd00:9::1:0:0", "fd00:9::ffff:ffff:ffff:ffff")) {
            IpAddress address = IpAddress.parse(far);
            lease.request(AddressRequest.exactly(address, Purpose.ENDPOINT));
            assertThatThrownBy(() -> lease.request(AddressRequest.exactly(address, Purpose.ENDPOINT)))
                    .hasMessageContaining(far);
            lease.release(address);
            assertThat(lease.request(AddressRequest.exactly(address, Purpose.ENDPOINT)))
                    .isEqualTo(address);
        }
        assertThat(take(ipam.requestPool(of("fd01::/16", Map.of())))).isEqualTo("fd01::1");
    }

    @Test
    @DisplayName("a lease that was given back says so")
    void closed() {
        AddressPoolLease lease = ipam.requestPool(of("10.1.0.0/24", Map.of()));
        lease.close();
        assertThatThrownBy(() -> take(lease))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("10.1.0.0/24");
    }

    @Test
    @DisplayName("both drivers are found")
    void found() {
        assertThat(ServiceLoader.load(IpamDriver.class))
                .extracting(IpamDriver::name)
                .containsExactlyInAnyOrder("default", "none");
    }

    @Test
    @DisplayName("IPN none gives no subnet and no address, and says what to use instead")
    void none() {
        Ipam none = new NoIpamDriver().open(new AddressSpace(Scope.LOCAL, List.of(), "host"));
        AddressPoolLease lease = none.requestPool(any(Family.IPV6));
        assertThat(lease.state().pool()).hasToString("::/0");
        assertThatThrownBy(() -> take(lease))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'default'");
        assertThatThrownBy(() -> none.requestPool(of("10.1.0.0/24", Map.of())))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("10.1.0.0/24");
        none.requestPool(any(Family.IPV6));
    }
}
