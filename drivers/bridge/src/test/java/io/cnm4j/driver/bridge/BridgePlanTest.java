package io.cnm4j.driver.bridge;

import static io.cnm4j.driver.bridge.BridgeFixture.ipv4;
import static io.cnm4j.driver.bridge.BridgeFixture.ipv6;
import static io.cnm4j.driver.bridge.BridgeFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.SampleRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Plans as an operator would type them. */
class BridgePlanTest {
    private final BridgeFixture bridge = new BridgeFixture(new FakeHost());

    private static NetworkState.Builder with(String option, String value) {
        return ipv4().putOptions(option, value);
    }

    private static List<String> lines(Plan plan, String word) {
        return plan.render().stream().filter(line -> line.contains(word)).toList();
    }

    @Test
    @DisplayName("BR-01 BR-23 BR-24 BR-26 an IPv4 network: firewall, bridge, address, and forwarding last")
    void ipv4Network() {
        Plan plan = bridge.plan(ipv4());
        assertThat(plan.ops().get(0)).isEqualTo(new FirewallOp.AddTable(HostFirewall.table(SampleRecords.CONTROLLER)));
        assertThat(text(plan)).isEqualTo("""
                nft add element inet cnm4j-c0ffee000000 members { "br-010101010101" }
                nft add element inet cnm4j-c0ffee000000 within { "br-010101010101" . "br-010101010101" : accept }
                nft add element inet cnm4j-c0ffee000000 keep4 { "br-010101010101" . 10.9.1.128 }
                nft add element inet cnm4j-c0ffee000000 masquerade4 { 10.9.1.128 }
                nft add element inet cnm4j-c0ffee000000 unrelated { ipv4 : drop }
                ip link add name br-010101010101 mtu 1500 address d6:73:19:b8:9c:d8 group 1673592814 up type bridge
                ip link set dev br-010101010101 alias 'cnm4j c0ffee000000 network 010101010101'
                sysctl -q -w net.ipv6.conf.br-010101010101.accept_ra=0
                sysctl -q -w net.ipv6.conf.br-010101010101.accept_dad=0
                sysctl -q -w net.ipv6.conf.br-010101010101.disable_ipv6=1
                sysctl -q -w net.ipv4.conf.br-010101010101.route_localnet=1
                ip address add 10.9.1.1/24 dev br-010101010101
                sysctl -q -w net.ipv4.ip_forward=1
                """);
    }

    @Test
    @DisplayName("BR-30 its removal, newest first")
    void ipv4Removal() {
        assertThat(text(bridge.plan(ipv4()).renderRemoval())).isEqualTo("""
                sysctl -q -w net.ipv4.ip_forward=0
                ip address del 10.9.1.1/24 dev br-010101010101
                ip link del dev br-010101010101
                nft delete element inet cnm4j-c0ffee000000 unrelated { ipv4 }
                nft delete element inet cnm4j-c0ffee000000 members { "br-010101010101" }
                nft delete element inet cnm4j-c0ffee000000 within { "br-010101010101" . "br-010101010101" }
                nft delete element inet cnm4j-c0ffee000000 keep4 { "br-010101010101" . 10.9.1.128 }
                nft delete element inet cnm4j-c0ffee000000 masquerade4 { 10.9.1.128 }
                nft delete table inet cnm4j-c0ffee000000
                """);
    }

    @Test
    @DisplayName("BR-25 an IPv6-only network: no IPv4 anywhere, its address without duplicate address detection")
    void ipv6Network() {
        assertThat(text(bridge.plan(ipv6()))).isEqualTo("""
                nft add element inet cnm4j-c0ffee000000 members { "br-010101010101" }
                nft add element inet cnm4j-c0ffee000000 within { "br-010101010101" . "br-010101010101" : accept }
                nft add element inet cnm4j-c0ffee000000 keep6 { "br-010101010101" . fd00:9:1:0:8000:: }
                nft add element inet cnm4j-c0ffee000000 masquerade6 { fd00:9:1:0:8000:: }
                nft add element inet cnm4j-c0ffee000000 unrelated { ipv6 : drop }
                ip link add name br-010101010101 mtu 1500 address d6:73:19:b8:9c:d8 group 1673592814 up type bridge
                ip link set dev br-010101010101 alias 'cnm4j c0ffee000000 network 010101010101'
                sysctl -q -w net.ipv6.conf.br-010101010101.accept_ra=0
                sysctl -q -w net.ipv6.conf.br-010101010101.accept_dad=0
                sysctl -q -w net.ipv6.conf.br-010101010101.disable_ipv6=0
                ip address add fd00:9:1::1/64 dev br-010101010101 nodad
                sysctl -q -w net.ipv6.conf.all.forwarding=1
                """);
        assertThat(bridge.attach(ipv6()).gateways()).containsExactly(IpAddress.parse("fd00:9:1::1"));
    }

    @Test
    @DisplayName("BR-23 a network of both families has the lines of both")
    void dualNetwork() {
        Plan plan = bridge.plan(SampleRecords.network(1));
        assertThat(plan.render()).containsAll(bridge.plan(ipv6()).render());
        var missing = new ArrayList<>(bridge.plan(ipv4()).render());
        missing.removeAll(plan.render());
        assertThat(missing).containsExactly("sysctl -q -w net.ipv6.conf.br-010101010101.disable_ipv6=1");
        assertThat(bridge.attach(SampleRecords.network(1)).gateways())
                .containsExactly(IpAddress.parse("10.9.1.1"), IpAddress.parse("fd00:9:1::1"));
    }

    @Test
    @DisplayName("BR-40 BR-41 BR-42 BR-48 an attachment: a pair, one end in the bridge, the other born in the sandbox")
    void attachment() {
        Attachment attachment = bridge.attach(ipv4());
        assertThat(text(attachment.link())).isEqualTo("""
                ip link add name veth05050505050 mtu 1500 group 1673592814 master br-010101010101 up type veth peer name eth0 \
                mtu 1500 address 42:00:00:00:00:05 netns /run/ns
                ip link set dev veth05050505050 alias 'cnm4j c0ffee000000 endpoint 050505050505'
                nsenter --net=/run/ns ip link set dev eth0 up
                bridge link set dev veth05050505050 hairpin on
                """);
        assertThat(attachment.link().renderRemoval()).containsExactly("ip link del dev veth05050505050");
        assertThat(attachment.routes()).isEmpty();
        assertThat(attachment.gateways()).as("BR-45").containsExactly(IpAddress.parse("10.9.1.1"));
    }

    @Test
    @DisplayName("BR-40 the endpoint's hardware address is the interface's")
    void userMac() {
        NetworkState network = bridge.decide(ipv4());
        var endpoint = SampleRecords.endpoint(5, network).mac(MacAddress.parse("02:00:5e:00:53:01"));
        assertThat(lines(bridge.attach(network, endpoint).link(), "peer name eth0 mtu 1500 address 02:00:5e:00:53:01"))
                .hasSize(1);
    }

    @Test
    @DisplayName("BR-09 BR-42 the MTU is that of the bridge and of both ends")
    void mtu() {
        assertThat(lines(bridge.plan(with(BridgeOptions.MTU, "9000")), " mtu "))
                .singleElement()
                .asString()
                .contains(" mtu 9000 ");
        assertThat(lines(bridge.attach(with(BridgeOptions.MTU, "9000")).link(), " mtu "))
                .singleElement()
                .asString()
                .contains("veth05050505050 mtu 9000 ", "eth0 mtu 9000 ")
                .doesNotContain("1500");
        assertThat(bridge.plan(with(BridgeOptions.MTU, "0"))).isEqualTo(bridge.plan(ipv4()));
    }

    @Test
    @DisplayName("BR-01 the bridge has the name asked for, a dot in it included")
    void ownName() {
        Plan plan = bridge.plan(with(BridgeOptions.BRIDGE_NAME, "br.lan"));
        assertThat(plan.render())
                .contains(
                        "nft add element inet cnm4j-c0ffee000000 members { \"br.lan\" }",
                        "sysctl -q -w net.ipv6.conf.br/lan.accept_ra=0",
                        "ip address add 10.9.1.1/24 dev br.lan")
                .noneMatch(line -> line.contains("br-0101"));
        assertThat(lines(
                        bridge.attach(with(BridgeOptions.BRIDGE_NAME, "br.lan")).link(), "master br.lan"))
                .hasSize(1);
    }

    @Test
    @DisplayName("BR-24 BR-29 BR-30 a bridge of the user's is used, and never made, changed or deleted")
    void adopted() {
        bridge.host.withForeignLink("lan0", "bridge", "10.9.1.1/24", "10.8.0.1/24");
        Plan plan = bridge.plan(with(BridgeOptions.BRIDGE_NAME, "lan0"));
        assertThat(plan.ops())
                .hasExactlyElementsOfTypes(
                        FirewallOp.AddTable.class,
                        FirewallOp.AddElements.class,
                        FirewallOp.AddElements.class,
                        LinkOp.UseLink.class,
                        KernelOp.SetSysctl.class);
        assertThat(plan.render()).contains("ip link show dev lan0 type bridge", "sysctl -q -w net.ipv4.ip_forward=1");
        assertThat(plan.renderRemoval()).noneMatch(line -> line.startsWith("ip "));
    }

    @Test
    @DisplayName(
            "BR-03, BI-17 without ICC ports are isolated, the host answers for all, and links decide what it routes back")
    void withoutIcc() {
        assertThat(bridge.plan(with(BridgeOptions.ICC, "false")).render())
                .contains(
                        "nft add element inet cnm4j-c0ffee000000 within { \"br-010101010101\" . \"br-010101010101\" : goto linked }",
                        "sysctl -q -w net.ipv4.conf.br-010101010101.proxy_arp_pvlan=1");
        assertThat(bridge.attach(with(BridgeOptions.ICC, "false")).link().render())
                .contains("bridge link set dev veth05050505050 hairpin on isolated on");
    }

    @Test
    @DisplayName(
            "BR-28 an internal network: cut off, not masqueraded, no forwarding, no gateway; the bridge keeps its address")
    void internal() {
        assertThat(text(bridge.plan(SampleRecords.network(1).internal(true)))).isEqualTo("""
                nft add element inet cnm4j-c0ffee000000 members { "br-010101010101" }
                nft add element inet cnm4j-c0ffee000000 within { "br-010101010101" . "br-010101010101" : accept }
                nft add element inet cnm4j-c0ffee000000 internal { "br-010101010101" }
                ip link add name br-010101010101 mtu 1500 address d6:73:19:b8:9c:d8 group 1673592814 up type bridge
                ip link set dev br-010101010101 alias 'cnm4j c0ffee000000 network 010101010101'
                sysctl -q -w net.ipv6.conf.br-010101010101.accept_ra=0
                sysctl -q -w net.ipv6.conf.br-010101010101.accept_dad=0
                sysctl -q -w net.ipv6.conf.br-010101010101.disable_ipv6=0
                ip address add 10.9.1.1/24 dev br-010101010101
                ip address add fd00:9:1::1/64 dev br-010101010101 nodad
                """);
        assertThat(bridge.attach(SampleRecords.network(1).internal(true)).gateways())
                .isEmpty();
    }

    @Test
    @DisplayName("BR-02 without masquerading sources stay as they are")
    void withoutMasquerade() {
        Plan plan = bridge.plan(SampleRecords.network(1).putOptions(BridgeOptions.MASQUERADE, "false"));
        assertThat(text(plan)).doesNotContain("masquerade", "snat").contains("members", "unrelated { ipv6 : drop }");
    }

    @Test
    @DisplayName("BR-12 packets leave with the host's address that was asked for, each family by itself")
    void sourceAddress() {
        Plan plan = bridge.plan(SampleRecords.network(1).putOptions(BridgeOptions.HOST_IPV4, "192.0.2.7"));
        assertThat(plan.render())
                .contains(
                        "nft add element inet cnm4j-c0ffee000000 keep4 { \"br-010101010101\" . 10.9.1.128 }",
                        "nft add element inet cnm4j-c0ffee000000 snat4 { 10.9.1.0/24 : 192.0.2.7 }",
                        "nft add element inet cnm4j-c0ffee000000 masquerade6 { fd00:9:1:0:8000:: }")
                .noneMatch(line -> line.contains("element inet cnm4j-c0ffee000000 masquerade4"));
        assertThat(bridge.plan(ipv6().putOptions(BridgeOptions.HOST_IPV6, "2001:db8::7"))
                        .render())
                .contains("nft add element inet cnm4j-c0ffee000000 snat6 { fd00:9:1::/64 : 2001:db8::7 }");
    }

    @Test
    @DisplayName("BR-07 an inhibited bridge has no IPv4 address and gives no IPv4 gateway; IPv6 is as ever")
    void inhibited() {
        NetworkState.Builder network = SampleRecords.network(1).putOptions(BridgeOptions.INHIBIT_IPV4, "true");
        assertThat(lines(bridge.plan(network), "ip address add"))
                .containsExactly("ip address add fd00:9:1::1/64 dev br-010101010101 nodad");
        assertThat(bridge.attach(network).gateways()).containsExactly(IpAddress.parse("fd00:9:1::1"));
    }

    @Test
    @DisplayName("BR-24 the bridge has the gateway's address, whichever of the subnet that is")
    void chosenGateway() {
        NetworkState.Builder network =
                SampleRecords.requested(1).ipv6(false).addPools(SampleRecords.pool("10.9.0.0/16", "10.9.255.254"));
        assertThat(bridge.plan(network).render()).contains("ip address add 10.9.255.254/16 dev br-010101010101");
        assertThat(bridge.attach(network).gateways()).containsExactly(IpAddress.parse("10.9.255.254"));
    }

    @Test
    @DisplayName("BR-17 an auxiliary address of that name is the containers' gateway; the bridge keeps its own")
    void otherGateway() {
        NetworkState.Builder network = SampleRecords.requested(1)
                .addPools(
                        pool("10.9.1.0/24", "10.9.1.1", "DefaultGatewayIPv4", "10.9.1.9"),
                        pool("fd00:9:1::/64", "fd00:9:1::1", "DefaultGatewayIPv6", "fd00:9:1::9"));
        assertThat(lines(bridge.plan(network), "ip address add"))
                .containsExactly(
                        "ip address add 10.9.1.1/24 dev br-010101010101",
                        "ip address add fd00:9:1::1/64 dev br-010101010101 nodad");
        assertThat(bridge.attach(network).gateways())
                .containsExactly(IpAddress.parse("10.9.1.9"), IpAddress.parse("fd00:9:1::9"));
    }

    private static NetworkPool pool(String subnet, String gateway, String name, String auxiliary) {
        return new NetworkPool(
                IpPrefix.parse(subnet),
                Optional.of(IpAddress.parse(gateway)),
                Map.of(name, IpAddress.parse(auxiliary)));
    }

    @Test
    @DisplayName("BI-15 without a firewall there is no table; the rest is the same")
    void withoutFirewall() {
        bridge.host.withSysctl("net.ipv4.ip_forward", "1");
        var expected = bridge.plan(ipv4())
                .filter(op -> !(op instanceof FirewallOp.AddTable
                        || op instanceof FirewallOp.AddElements
                        || op.render().get(0).contains("route_localnet"))); // what it opens a firewall must guard
        assertThat(bridge.plan(with(BridgeOptions.FIREWALL, "false"))).isEqualTo(expected);
        assertThat(expected.ops()).hasSize(5);
    }

    @Test
    @DisplayName("BR-23 a kernel without IPv6 gets no IPv6 parameters")
    void kernelWithoutIpv6() {
        bridge.host.withoutSysctl("net.ipv6.conf.all.forwarding");
        assertThat(text(bridge.plan(ipv4()))).doesNotContain("ipv6");
    }

    @Test
    @DisplayName("BR-11 interfaces in containers are called as asked")
    void interfacePrefix() {
        assertThat(bridge.driver.needs(ipv4().build()).interfacePrefix()).isEqualTo("eth");
        assertThat(bridge.driver
                        .needs(with(BridgeOptions.INTERFACE_PREFIX, "lan").build())
                        .interfacePrefix())
                .isEqualTo("lan");
    }
}
