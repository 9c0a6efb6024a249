package io.cnm4j.driver.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.SampleRecords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a bridge network cannot be, and what its host can have against it. */
class BridgeRefusalTest {
    private final BridgeFixture bridge = new BridgeFixture(new FakeHost());
    private String before = bridge.host.dump();

    @AfterEach
    void nothingWasChanged() {
        assertThat(bridge.host.differencesSince(before)).isEmpty();
    }

    private void arranged() {
        before = bridge.host.dump();
    }

    private void invalid(NetworkState.Builder network, String... words) {
        assertThatThrownBy(() -> bridge.decide(network))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll(words);
    }

    private void conflict(NetworkState.Builder network, String... words) {
        assertThatThrownBy(() -> bridge.decide(network))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll(words);
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "com.docker.network.driver.mtu, 67, 68 to 65535",
        "com.docker.network.driver.mtu, 65536, 68 to 65535",
        "com.docker.network.driver.mtu, -1, 68 to 65535",
        "com.docker.network.driver.mtu, big, a number of octets",
        "com.docker.network.driver.mtu, '', a number of octets",
        "com.docker.network.bridge.name, sixteen-letters-, 1 to 15",
        "com.docker.network.bridge.name, br/0, 1 to 15",
        "com.docker.network.bridge.name, br 0, 1 to 15",
        "com.docker.network.bridge.name, .., 1 to 15",
        "com.docker.network.container_iface_prefix, fifteen-letters, 1 to 15",
        "com.docker.network.bridge.enable_icc, perhaps, true or false",
        "com.docker.network.bridge.enable_icc, '', true or false",
        "com.docker.network.bridge.enable_ip_masquerade, yes, true or false",
        "com.docker.network.bridge.inhibit_ipv4, 2, true or false",
        "cnm4j.bridge.firewall, off, true or false",
        "com.docker.network.host_ipv4, example.com, an address of the host",
        "com.docker.network.host_ipv4, 2001:db8::1, an IPV4 address",
        "com.docker.network.host_ipv4, 0.0.0.0, an IPV4 address",
        "com.docker.network.host_ipv6, 192.0.2.1, an IPV6 address",
        "com.docker.network.host_ipv6, ff02::1, an IPV6 address",
        "com.docker.network.bridge.gateway_mode_ipv4, open, nat",
        "com.docker.network.bridge.host_binding_ipv4, ::1, an IPv4 address",
        "com.docker.network.bridge.trusted_host_interfaces, eth/0, 1 to 15",
        "cnm4j.bridge.allow_direct_routing, yes, true or false",
    })
    @DisplayName("BR-01 to BR-14 a wrong value is refused with its label and what would be right")
    void badOptions(String label, String value, String right) {
        NetworkState network =
                SampleRecords.requested(1).ipv6(false).putOptions(label, value).build();
        assertThatThrownBy(() -> bridge.driver.needs(network))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("option " + label + "='" + value + "'", right);
    }

    @Test
    @DisplayName("BR-06 isolated is for internal networks, and no mode but nat does without a firewall")
    void modesThatDoNotFit() {
        NetworkState isolated = SampleRecords.requested(1)
                .putOptions(BridgeOptions.GATEWAY_MODE_IPV6, "isolated")
                .build();
        assertThatThrownBy(() -> bridge.driver.needs(isolated))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll(BridgeOptions.GATEWAY_MODE_IPV6, "isolated", "internal");
        NetworkState bare = SampleRecords.requested(1)
                .putOptions(BridgeOptions.GATEWAY_MODE_IPV4, "routed")
                .putOptions(BridgeOptions.FIREWALL, "false")
                .build();
        assertThatThrownBy(() -> bridge.driver.needs(bare))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll(BridgeOptions.GATEWAY_MODE_IPV4, "routed", BridgeOptions.FIREWALL);
    }

    @Test
    @DisplayName("BR-06 BR-14 nat, an empty mode, and labels that mean nothing here, are fine")
    void goodOptions() {
        Map<String, String> options = Map.of(
                BridgeOptions.GATEWAY_MODE_IPV4,
                "nat",
                BridgeOptions.GATEWAY_MODE_IPV6,
                "",
                BridgeOptions.BRIDGE_NAME,
                "",
                BridgeOptions.ICC,
                "T",
                "com.docker.network.bridge.colour",
                "blue");
        assertThat(bridge.plan(BridgeFixture.ipv4().options(options))).isEqualTo(bridge.plan(BridgeFixture.ipv4()));
    }

    @Test
    @DisplayName("options written by the builder are read again")
    void optionsThereAndBack() {
        BridgeOptions options = BridgeOptions.builder()
                .bridgeName("br0")
                .mtu(1400)
                .masquerade(false)
                .icc(false)
                .hostIpv4(IpAddress.parse("192.0.2.1"))
                .hostIpv6(IpAddress.parse("2001:db8::1"))
                .inhibitIpv4(true)
                .interfacePrefix("lan")
                .firewall(false)
                .build();
        assertThat(BridgeOptions.parse(options.toOptions())).isEqualTo(options);
        assertThat(BridgeOptions.builder().build().toOptions()).isEmpty();
    }

    @Test
    @DisplayName("BR-10 a network without a family, and IPv6 with too small an MTU, are refused")
    void families() {
        invalid(SampleRecords.requested(1).ipv4(false).ipv6(false), "ipv4=false", "ipv6=false");
        invalid(SampleRecords.network(1).putOptions(BridgeOptions.MTU, "1279"), BridgeOptions.MTU, "1279", "1280");
        bridge.decide(BridgeFixture.ipv4().putOptions(BridgeOptions.MTU, "68"));
    }

    @Test
    @DisplayName("BR-20 each family that is on has one subnet")
    void subnets() {
        invalid(SampleRecords.requested(1).ipv6(false), "one IPV4 subnet", "'net1' has 0");
        invalid(SampleRecords.requested(1).addPools(SampleRecords.pool("10.9.1.0/24")), "one IPV6 subnet");
        invalid(
                BridgeFixture.ipv4().addPools(SampleRecords.pool("10.9.2.0/24")),
                "has 2",
                "10.9.1.0/24",
                "10.9.2.0/24");
        invalid(BridgeFixture.ipv4().addPools(SampleRecords.pool("fd00::/64")), "no IPV6 subnet", "fd00::/64");
    }

    @Test
    @DisplayName("BR-22 multicast and parts of fe80::/64 are no subnets; fe80::/64 is one")
    void subnetsThatCannotBe() {
        invalid(ipv6("ff02::/64"), "ff02::/64");
        invalid(ipv6("fe80::/65"), "fe80::/65", "fe80::/64");
        invalid(ipv6("fe80::/10"), "fe80::/10");
        invalid(SampleRecords.requested(1).ipv6(false).addPools(SampleRecords.pool("224.0.0.0/24")), "224.0.0.0/24");
        assertThat(bridge.plan(ipv6("fe80::/64")).render())
                .contains("ip address add fe80::1/64 dev br-010101010101 nodad");
    }

    private static NetworkState.Builder ipv6(String subnet) {
        return SampleRecords.requested(1).ipv4(false).addPools(SampleRecords.pool(subnet));
    }

    @Test
    @DisplayName("BR-17 BR-24 a gateway, and the one for containers, lies in its subnet")
    void gatewaysInside() {
        invalid(ipv4(SampleRecords.pool("10.9.1.0/24", "10.9.2.1")), "gateway 10.9.2.1", "10.9.1.0/24");
        invalid(
                ipv4(new NetworkPool(IpPrefix.parse("10.9.1.0/24"), Optional.empty(), Map.of())),
                "10.9.1.0/24",
                "no gateway");
        NetworkPool other = new NetworkPool(
                IpPrefix.parse("10.9.1.0/24"),
                Optional.of(IpAddress.parse("10.9.1.1")),
                Map.of("DefaultGatewayIPv4", IpAddress.parse("10.9.2.9")));
        invalid(ipv4(other), "DefaultGatewayIPv4", "10.9.2.9", "10.9.1.0/24");
        NetworkPool inside = new NetworkPool(
                other.subnet(), other.gateway(), Map.of("DefaultGatewayIPv4", IpAddress.parse("10.9.1.9")));
        invalid(ipv4(inside).internal(true), "DefaultGatewayIPv4", "10.9.1.9", "internal");
        bridge.decide(ipv4(inside));
    }

    private static NetworkState.Builder ipv4(NetworkPool pool) {
        return SampleRecords.requested(1).ipv6(false).addPools(pool);
    }

    @Test
    @DisplayName("BR-28 an internal network cannot do without the firewall")
    void internalWithoutFirewall() {
        invalid(
                BridgeFixture.ipv4().internal(true).putOptions(BridgeOptions.FIREWALL, "false"),
                BridgeOptions.FIREWALL,
                "internal");
    }

    @Test
    @DisplayName("BR-21 the bridge or the subnet of another network is refused, naming it")
    void siblings() {
        NetworkState sibling = bridge.decide(SampleRecords.network(2).putOptions(BridgeOptions.BRIDGE_NAME, "br-two"));
        assertThatThrownBy(() ->
                        bridge.decide(BridgeFixture.ipv4().putOptions(BridgeOptions.BRIDGE_NAME, "br-two"), sibling))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("br-two", "net2");
        for (String overlapping : new String[] {"10.9.2.128/25", "10.9.0.0/16"}) {
            assertThatThrownBy(() -> bridge.decide(ipv4(SampleRecords.pool(overlapping)), sibling))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll(overlapping, "10.9.2.0/24", "net2");
        }
    }

    @Test
    @DisplayName("BR-01 a link of another kind, and one of cnm4j's, is no bridge to use")
    void linksInTheWay() {
        bridge.host.withForeignLink("dummy0", "dummy", "10.9.1.1/24");
        bridge.host.withMarkedLink("br-old", "bridge", Mark.of(SampleRecords.CONTROLLER, "network 999"));
        bridge.host.withMarkedLink("br-theirs", "bridge", "cnm4j 0123456789ab network 999");
        arranged();
        conflict(BridgeFixture.ipv4().putOptions(BridgeOptions.BRIDGE_NAME, "dummy0"), "dummy0", "'dummy'");
        conflict(BridgeFixture.ipv4().putOptions(BridgeOptions.BRIDGE_NAME, "br-old"), "br-old", "this controller");
        conflict(BridgeFixture.ipv4().putOptions(BridgeOptions.BRIDGE_NAME, "br-theirs"), "br-theirs", "0123456789ab");
    }

    @Test
    @DisplayName("BR-24 a bridge of the user's must have the gateway's address; the message says how to give it")
    void adoptedWithoutAddress() {
        bridge.host.withForeignLink("lan0", "bridge", "10.9.1.2/24");
        arranged();
        conflict(
                BridgeFixture.ipv4().putOptions(BridgeOptions.BRIDGE_NAME, "lan0"),
                "10.9.1.2/24",
                "ip address add 10.9.1.1/24 dev lan0");
        bridge.decide(BridgeFixture.ipv4()
                .putOptions(BridgeOptions.BRIDGE_NAME, "lan0")
                .putOptions(BridgeOptions.INHIBIT_IPV4, "true"));
    }

    @Test
    @DisplayName("BR-26 forwarding that is on is not ours; that which we turned on is shared with the next network")
    void forwarding() {
        NetworkState first = bridge.decide(BridgeFixture.ipv4());
        bridge.host.withSysctl("net.ipv4.ip_forward", "1");
        arranged();
        assertThat(sysctls(bridge.decide(SampleRecords.network(2), first)))
                .containsExactly("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding");
        NetworkState stranger = bridge.decide(SampleRecords.network(2));
        assertThat(sysctls(stranger)).containsExactly("net.ipv6.conf.all.forwarding");
        assertThat(bridge.driver.planNetwork(stranger).render())
                .noneMatch(line -> line.endsWith("unrelated { ipv4 : drop }"))
                .anyMatch(line -> line.endsWith("unrelated { ipv6 : drop }"));
    }

    private List<String> sysctls(NetworkState network) {
        return bridge.driver.planNetwork(network).ops().stream()
                .filter(op ->
                        op instanceof KernelOp.SetSysctl set && set.restore().isPresent())
                .map(op -> ((KernelOp.SetSysctl) op).key())
                .toList();
    }

    @Test
    @DisplayName("BR-26 where forwarding may not be turned on, or not be guarded, the message says what to do")
    void mayNotForward() {
        bridge.mayForward = false;
        assertThatThrownBy(() -> bridge.decide(BridgeFixture.ipv6()))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("sysctl -w net.ipv6.conf.all.forwarding=1");
        bridge.decide(SampleRecords.network(1).internal(true));
        bridge.mayForward = true;
        assertThatThrownBy(() -> bridge.decide(BridgeFixture.ipv4().putOptions(BridgeOptions.FIREWALL, "false")))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContainingAll(BridgeOptions.FIREWALL, "sysctl -w net.ipv4.ip_forward=1");
    }

    @Test
    @DisplayName("BR-03 isolated ports are needed without ICC only, the firewall only with it")
    void features() {
        bridge.host.without(KernelFeature.BRIDGE_PORT_ISOLATION).without(KernelFeature.NFTABLES_INET);
        bridge.host.withSysctl("net.ipv4.ip_forward", "1");
        arranged();
        bridge.decide(BridgeFixture.ipv4().putOptions(BridgeOptions.FIREWALL, "false"));
        assertThatThrownBy(() -> bridge.decide(BridgeFixture.ipv4())).isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() -> bridge.decide(BridgeFixture.ipv4()
                        .putOptions(BridgeOptions.FIREWALL, "false")
                        .putOptions(BridgeOptions.ICC, "false")))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("isolated bridge ports");
    }

    @Test
    @DisplayName("the driver is found")
    void found() {
        assertThat(ServiceLoader.load(NetworkDriver.class))
                .extracting(NetworkDriver::name)
                .containsExactly("bridge");
    }
}
