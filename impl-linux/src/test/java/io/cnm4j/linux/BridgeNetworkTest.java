package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static io.cnm4j.linux.Traffic.isSilent;
import static io.cnm4j.linux.Traffic.passesWhole;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Bridge networks as a user sees them from inside, with real packets. */
class BridgeNetworkTest {
    private static final SubnetRequest IPV4 = SubnetRequest.of("10.20.0.0/24");
    private static final SubnetRequest IPV6 = SubnetRequest.of("fd00:20::/64");

    @TempDir
    Path directory;

    private static NetworkRequest.Builder web(BridgeOptions.Builder options) {
        return NetworkRequest.builder().name("web").options(options.build().toOptions());
    }

    private static Network create(Lab lab, NetworkRequest.Builder request) {
        return lab.controller().createNetwork(request.build());
    }

    private static String inside(Sandbox sandbox, String... command) {
        return TestNetns.runIn(in(sandbox), command);
    }

    private static void reachEachOtherAndTheGateway(Network network, Sandbox one, Sandbox two, Family family) {
        assertThat(echoes(in(one), Lab.address(two, family))).isTrue();
        assertThat(echoes(in(two), Lab.address(one, family))).isTrue();
        String gateway = network.inspect().subnets().stream()
                .flatMap(subnet -> subnet.gateway().stream())
                .filter(address -> address.family() == family)
                .findFirst()
                .orElseThrow()
                .toString();
        assertThat(echoes(in(one), gateway)).as("the gateway, %s", gateway).isTrue();
        assertThat(echoes(TestNetns.here(), Lab.address(one, family)))
                .as("from the host")
                .isTrue();
    }

    @KernelTest
    void ipv4() throws Exception {
        try (var lab = new Lab(directory)) {
            Network web = lab.network("web");
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            reachEachOtherAndTheGateway(web, one, two, Family.IPV4);
            String address = Lab.address(two, Family.IPV4);
            assertThat(Traffic.sourceSeen(in(one), in(two), address)).contains(Lab.address(one, Family.IPV4));
            assertThat(inside(one, "ip", "-6", "address", "show", "dev", "eth0"))
                    .as("IPv6 is off")
                    .isEmpty();
        }
    }

    @KernelTest
    void dualStack() {
        try (var lab = new Lab(directory)) {
            Network web = create(lab, web(BridgeOptions.builder()).ipv6(true));
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            reachEachOtherAndTheGateway(web, one, two, Family.IPV4);
            reachEachOtherAndTheGateway(web, one, two, Family.IPV6);
        }
    }

    @KernelTest
    void ipv6Alone() throws Exception {
        try (var lab = new Lab(directory)) {
            Network web = create(lab, web(BridgeOptions.builder()).ipv4(false).ipv6(true));
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            reachEachOtherAndTheGateway(web, one, two, Family.IPV6);
            String address = Lab.address(two, Family.IPV6);
            assertThat(Traffic.sourceSeen(in(one), in(two), address)).isPresent();
            assertThat(inside(one, "ip", "-4", "address", "show", "dev", "eth0"))
                    .isEmpty();
            assertThat(TestNetns.inHere("sysctl", "-n", "net.ipv4.ip_forward").strip())
                    .as("nobody needs it")
                    .isEqualTo("0");
        }
    }

    @KernelTest
    void endpointMayGoWithoutIpv6() {
        try (var lab = new Lab(directory)) {
            Network web = create(lab, web(BridgeOptions.builder()).ipv6(true));
            Sandbox one = lab.sandbox("one");
            web.connect(
                    one, EndpointRequest.builder().name("one").disableIpv6(true).build());
            Sandbox two = lab.connected(web, "two");
            assertThat(inside(one, "ip", "-6", "address", "show", "dev", "eth0"))
                    .isEmpty();
            assertThat(echoes(in(two), Lab.address(one, Family.IPV4))).isTrue();
        }
    }

    @KernelTest // BR-09, BR-42
    void mtuHoldsFromEndToEnd() {
        for (int mtu : new int[] {1280, 1500, 9000}) {
            try (var lab = new Lab(directory)) {
                Network web = create(lab, web(BridgeOptions.builder().mtu(mtu)).ipv6(true));
                Sandbox one = lab.connected(web, "one");
                Sandbox two = lab.connected(web, "two");
                String gateway =
                        web.inspect().subnets().get(0).gateway().orElseThrow().toString();
                for (String address : List.of(Lab.address(two, Family.IPV4), Lab.address(two, Family.IPV6), gateway)) {
                    assertThat(echoes(in(one), address)).isTrue();
                    assertThat(passesWhole(in(one), address, mtu))
                            .as("%s octets to %s", mtu, address)
                            .isTrue();
                    assertThat(passesWhole(in(one), address, mtu + 1))
                            .as("%s octets to %s", mtu + 1, address)
                            .isFalse();
                }
            }
        }
    }

    @KernelTest // BR-01, BR-30
    void bridgeHasTheNameAskedForAndGoesWithItsNetwork() {
        try (var lab = new Lab(directory)) {
            Network web = create(lab, web(BridgeOptions.builder().bridgeName("br.web-1")));
            lab.connected(web, "one");
            assertThat(TestNetns.inHere("ip", "-d", "link", "show", "dev", "br.web-1"))
                    .contains("bridge ")
                    .contains("alias cnm4j " + lab.controller().id().shortForm());
            lab.clear();
            assertThat(TestNetns.inHere("ip", "link")).doesNotContain("br.web-1");
            Network other = lab.network("other");
            assertThat(TestNetns.inHere("ip", "link"))
                    .contains("br-" + other.id().shortForm());
        }
    }

    @KernelTest // BR-24, BR-29, BR-30
    void bridgeOfTheUserIsUsedAndStays() {
        TestNetns.inHere("ip", "link", "add", "br-user", "address", "02:00:00:00:00:01", "type", "bridge");
        TestNetns.inHere("ip", "address", "add", "10.20.0.1/24", "dev", "br-user");
        TestNetns.inHere("ip", "link", "set", "br-user", "up");
        try (var lab = new Lab(directory)) {
            Network web = create(
                    lab, web(BridgeOptions.builder().bridgeName("br-user")).addSubnets(IPV4));
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            reachEachOtherAndTheGateway(web, one, two, Family.IPV4);
            lab.reopen();
        }
        assertThat(TestNetns.inHere("ip", "-o", "address", "show", "dev", "br-user"))
                .contains("10.20.0.1/24");
        assertThat(TestNetns.inHere("ip", "link", "show", "dev", "br-user")).contains("02:00:00:00:00:01");
        TestNetns.inHere("ip", "link", "delete", "br-user");
    }

    @KernelTest // BR-40, EN-07, EN-08
    void addressesAreThoseAskedFor() {
        try (var lab = new Lab(directory)) {
            SubnetRequest subnet = SubnetRequest.builder()
                    .from(IPV4)
                    .gateway(IpAddress.parse("10.20.0.254"))
                    .build();
            Network web = create(lab, web(BridgeOptions.builder()).ipv6(true).addSubnets(subnet, IPV6));
            Sandbox one = lab.sandbox("one");
            web.connect(
                    one,
                    EndpointRequest.builder()
                            .name("one")
                            .mac(MacAddress.parse("02:42:0a:14:00:4d"))
                            .ipv4(IpAddress.parse("10.20.0.77"))
                            .ipv6(IpAddress.parse("fd00:20::77"))
                            .build());
            Sandbox two = lab.connected(web, "two");
            assertThat(inside(one, "ip", "link", "show", "dev", "eth0")).contains("02:42:0a:14:00:4d");
            assertThat(echoes(in(two), "10.20.0.77")).isTrue();
            assertThat(echoes(in(two), "fd00:20::77")).isTrue();
            assertThat(echoes(in(two), "10.20.0.254")).isTrue();
            assertThat(inside(two, "ip", "neigh", "show", "10.20.0.77")).contains("02:42:0a:14:00:4d");
            assertThat(inside(one, "ip", "route", "show", "default")).contains("via 10.20.0.254 dev eth0");
            assertThat(inside(one, "ip", "-6", "route", "show", "default")).contains("via fd00:20::1 dev eth0");
        }
    }

    @KernelTest // BR-17
    void defaultRouteGoesWhereTheAuxiliaryAddressSays() {
        try (var lab = new Lab(directory)) {
            SubnetRequest subnet = SubnetRequest.builder()
                    .from(IPV4)
                    .putAuxiliary("DefaultGatewayIPv4", IpAddress.parse("10.20.0.9"))
                    .build();
            Sandbox one = lab.connected(create(lab, web(BridgeOptions.builder()).addSubnets(subnet)), "one");
            assertThat(inside(one, "ip", "route", "show", "default")).contains("via 10.20.0.9 dev eth0");
        }
    }

    @KernelTest // BR-07
    void bridgeMayGoWithoutAnAddress() {
        try (var lab = new Lab(directory)) {
            Network web =
                    create(lab, web(BridgeOptions.builder().inhibitIpv4(true)).addSubnets(IPV4));
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            assertThat(echoes(in(one), Lab.address(two, Family.IPV4))).isTrue();
            assertThat(inside(one, "ip", "route", "show", "default")).isEmpty();
            assertThat(isSilent(in(one), "10.20.0.1")).isTrue();
        }
    }

    @KernelTest // BR-11, JN-09
    void interfacesHaveTheNamesAskedForOrTheLowestFreeOnes() {
        try (var lab = new Lab(directory)) {
            Network web = create(lab, web(BridgeOptions.builder().interfacePrefix("net")));
            Network db = lab.network("db");
            Network log = lab.network("log");
            Sandbox one = lab.connected(web, "one");
            db.connect(one, EndpointRequest.named("one"));
            log.connect(
                    one,
                    EndpointRequest.builder()
                            .name("one")
                            .interfaceName("uplink")
                            .build());
            db.connect(one, EndpointRequest.named("two"));
            assertThat(one.statistics()).containsOnlyKeys("lo", "net0", "eth0", "uplink", "eth1");
            db.endpointByName("one").disconnect();
            db.connect(one, EndpointRequest.named("three"));
            assertThat(one.statistics()).containsOnlyKeys("lo", "net0", "eth0", "uplink", "eth1");
        }
    }

    @KernelTest // BR-42
    void portSendsFramesBackWhereTheyCameFrom() {
        try (var lab = new Lab(directory);
                TestNetns left = TestNetns.create(directory, "left");
                TestNetns right = TestNetns.create(directory, "right")) {
            Sandbox one = lab.connected(create(lab, web(BridgeOptions.builder()).addSubnets(IPV4)), "one");
            behind(in(one), left, "10.20.0.101/24");
            behind(in(one), right, "10.20.0.102/24");
            assertThat(echoes(left.ref(), "10.20.0.102"))
                    .as("two interfaces behind one port, which do not switch between themselves")
                    .isTrue();
        }
    }

    private static void behind(NamespaceRef sandbox, TestNetns netns, String address) {
        TestNetns.runIn(
                sandbox,
                "sh",
                "-ec",
                "ip link add link eth0 name m0 type macvlan mode vepa; ip link set m0 netns " + netns.path());
        netns.run("ip", "address", "add", address, "dev", "m0");
        netns.run("ip", "link", "set", "m0", "up");
    }
}
