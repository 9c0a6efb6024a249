package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static io.cnm4j.linux.Traffic.isSilent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.macvlan.IpvlanOptions;
import io.cnm4j.driver.macvlan.MacvlanOptions;
import io.cnm4j.spi.plan.IpvlanFlag;
import io.cnm4j.spi.plan.IpvlanMode;
import io.cnm4j.spi.plan.MacvlanMode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Tagged and dummy parents, and ipvlan. Where the kernel has no such links, {@code .ci/other-kernel} runs one that has. */
class ChildLinkTest {
    @TempDir
    Path directory;

    private static NetworkRequest.Builder request(String driver, String name, Map<String, String> options) {
        return NetworkRequest.builder().name(name).driver(driver).options(options);
    }

    /** Creates the network, or gives the test up because the kernel lacks a kind of link. */
    private static Network network(Lab lab, NetworkRequest request) {
        try {
            return lab.controller().createNetwork(request);
        } catch (UnsupportedException lacking) {
            return abort(lacking.getMessage() + "; see .ci/other-kernel");
        }
    }

    private static SubnetRequest subnet(String pool, String gateway) {
        return SubnetRequest.builder()
                .pool(IpPrefix.parse(pool))
                .gateway(IpAddress.parse(gateway))
                .build();
    }

    private static String address(Sandbox sandbox, int number) {
        return sandbox.endpoints()
                .get(0)
                .inspect()
                .addresses()
                .get(number)
                .address()
                .toString();
    }

    private static TestNetns outside(Lab lab) {
        TestNetns outside = lab.neighbour("up0", "192.0.2.1/24", "10.7.0.1/24");
        outside.run("ip", "address", "add", "fd00:7::1/64", "dev", "eth0", "nodad");
        return outside;
    }

    private static Network ipvlan(Lab lab, IpvlanOptions options) {
        return network(
                lab,
                request("ipvlan", "lan", options.toOptions())
                        .ipv6(true)
                        .addSubnets(subnet("10.7.0.0/24", "10.7.0.1"), subnet("fd00:7::/64", "fd00:7::1"))
                        .build());
    }

    @KernelTest // VL-05, VL-07, *58 TestDockerNetworkMacvlan (VLAN parents)
    void aTaggedParentComesWithTheFirstNetworkAndGoesWithTheLast() {
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            MacvlanOptions tagged = MacvlanOptions.on("up0.30");
            Network one = network(
                    lab,
                    request("macvlan", "one", tagged.toOptions())
                            .addSubnets(subnet("10.30.0.0/24", "10.30.0.1"))
                            .build());
            outside.run("ip", "link", "add", "link", "eth0", "name", "v30", "up", "type", "vlan", "id", "30");
            outside.run("ip", "address", "add", "10.30.0.1/24", "dev", "v30");
            Network two = network(
                    lab,
                    request("macvlan", "two", tagged.toOptions())
                            .addSubnets(SubnetRequest.of("10.31.0.0/24"))
                            .build());
            Sandbox box = lab.connected(one, "one");
            assertThat(echoes(in(box), "10.30.0.1")).isTrue();
            assertThatThrownBy(() -> lab.controller()
                            .createNetwork(request("ipvlan", "three", Map.of("parent", "up0.30"))
                                    .addSubnets(SubnetRequest.of("10.32.0.0/24"))
                                    .build()))
                    .isInstanceOf(ConflictException.class);
            two.delete();
            assertThat(echoes(in(box), "10.30.0.1")).isTrue();
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            lab.clear();
            assertThat(TestNetns.inHere("ip", "link")).doesNotContain("up0.30");
            TestNetns.inHere("ip", "link", "show", "dev", "up0");
        }
    }

    @KernelTest // VL-07
    void aTaggedParentOfTheUsersStays() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            if (TestNetns.execute(
                                    TestNetns.here(),
                                    "ip",
                                    "link",
                                    "add",
                                    "link",
                                    "up0",
                                    "name",
                                    "up0.40",
                                    "type",
                                    "vlan",
                                    "id",
                                    "40")
                            .status()
                    != 0) {
                abort("this kernel has no 802.1Q links; see .ci/other-kernel");
            }
            network(
                            lab,
                            request(
                                            "macvlan",
                                            "one",
                                            MacvlanOptions.on("up0.40").toOptions())
                                    .addSubnets(SubnetRequest.of("10.31.0.0/24"))
                                    .build())
                    .delete();
            TestNetns.inHere("ip", "link", "del", "dev", "up0.40");
        }
    }

    @KernelTest // VL-03
    void withoutAParentContainersReachEachOtherOnly() {
        try (var lab = new Lab(directory)) {
            for (String driver : new String[] {"macvlan", "ipvlan"}) {
                Network apart = network(
                        lab,
                        request(driver, "apart", Map.of())
                                .ipv6(true)
                                .addSubnets(SubnetRequest.of("10.8.0.0/24"), SubnetRequest.of("fd00:8::/64"))
                                .build());
                Sandbox one = lab.connected(apart, "one");
                Sandbox two = lab.connected(apart, "two");
                assertThat(echoes(in(one), address(two, 0))).isTrue();
                assertThat(echoes(in(one), address(two, 1))).isTrue();
                assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                        .isEmpty();
                lab.reopen();
                assertThat(lab.controller().check()).isEmpty();
                lab.clear();
                assertThat(TestNetns.inHere("ip", "link")).doesNotContain("dummy");
            }
        }
    }

    @KernelTest // VL-01, VL-09, *58 TestDockerNetworkIpvlan (L2)
    void ipvlanChildrenReachEachOtherAndTheOutside() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network lan = ipvlan(lab, IpvlanOptions.on("up0"));
            Sandbox one = lab.connected(lan, "one");
            Sandbox two = lab.connected(lan, "two");
            for (int family = 0; family < 2; family++) {
                assertThat(echoes(in(one), address(two, family))).isTrue();
            }
            assertThat(echoes(in(one), "10.7.0.1")).isTrue();
            assertThat(echoes(in(one), "fd00:7::1")).isTrue();
            assertThat(isSilent(in(one), "192.0.2.1")).as("VL-18").isTrue();
            assertThat(one.endpoints().get(0).inspect().mac())
                    .as("it has that of the parent")
                    .isEmpty();
            assertThatThrownBy(() -> lan.createEndpoint(EndpointRequest.builder()
                            .name("three")
                            .mac(MacAddress.parse("02:42:00:00:00:07"))
                            .build()))
                    .isInstanceOf(InvalidRequestException.class);
            String was = address(two, 0);
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            lab.controller().sandboxByContainer("two").delete(); // its address is free at once
            lab.controller()
                    .networkByName("lan")
                    .connect(
                            lab.sandbox("three"),
                            EndpointRequest.builder()
                                    .name("three")
                                    .ipv4(IpAddress.parse(was))
                                    .build());
            assertThat(echoes(in(one), was)).isTrue();
        }
    }

    @KernelTest // VL-01, VL-12, *58 (L3)
    void ipvlanOfLayerThreeRoutes() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            for (IpvlanMode mode : new IpvlanMode[] {IpvlanMode.L3, IpvlanMode.L3S}) {
                Network lan = ipvlan(lab, IpvlanOptions.on("up0").inMode(mode));
                Sandbox one = lab.connected(lan, "one");
                Sandbox two = lab.connected(lan, "two");
                assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                        .startsWith("default dev eth0");
                assertThat(echoes(in(one), address(two, 0))).isTrue();
                assertThat(echoes(in(one), address(two, 1))).isTrue();
                assertThat(lab.controller().check()).isEmpty();
                one.delete();
                two.delete();
                lan.delete();
            }
        }
    }

    @KernelTest // VL-01
    void ipvlanFlagsKeepChildrenApart() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            for (IpvlanFlag flag : new IpvlanFlag[] {IpvlanFlag.PRIVATE, IpvlanFlag.VEPA}) {
                Network lan = ipvlan(lab, IpvlanOptions.on("up0").with(flag));
                Sandbox one = lab.connected(lan, "one");
                Sandbox two = lab.connected(lan, "two");
                assertThat(echoes(in(one), "10.7.0.1")).isTrue();
                assertThat(isSilent(in(one), address(two, 0))).as("%s", flag).isTrue();
                assertThat(lab.controller().check()).isEmpty();
                one.delete();
                two.delete();
                lan.delete();
            }
        }
    }

    @KernelTest // VL-06: what the kernel would refuse with EBUSY when the first child is made
    void aParentHasMacvlansOrAnIpvlan() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            ipvlan(lab, IpvlanOptions.on("up0"));
            for (MacvlanMode mode : MacvlanMode.values()) {
                assertThatThrownBy(() -> lab.controller()
                                .createNetwork(request(
                                                "macvlan",
                                                "other",
                                                new MacvlanOptions(Optional.of("up0"), mode, 0, false).toOptions())
                                        .addSubnets(SubnetRequest.of("10.31.0.0/24"))
                                        .build()))
                        .isInstanceOf(ConflictException.class)
                        .hasMessageContaining("lan");
            }
        }
    }

    @KernelTest
    void withoutNftablesWhatNeedsNoRuleWorks() {
        try (var lab = new Lab(directory)) {
            try {
                lab.network("web").delete();
            } catch (UnsupportedException lacking) {
                assertThat(lacking).hasMessageContaining("nftables");
                TestNetns.inHere("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
                Network open = lab.controller()
                        .createNetwork(request("bridge", "open", Map.of("cnm4j.bridge.firewall", "false"))
                                .build());
                Sandbox one = lab.connected(open, "one");
                Sandbox two = lab.connected(open, "two");
                assertThat(echoes(in(one), address(two, 0))).isTrue();
                lab.connected(
                        lab.controller()
                                .createNetwork(
                                        request("none", "nothing", Map.of()).build()),
                        "three");
                lab.reopen();
                assertThat(lab.controller().check()).isEmpty();
                lab.clear();
                TestNetns.inHere("sysctl", "-q", "-w", "net.ipv4.ip_forward=0");
                return;
            }
            abort("this kernel has nftables; see .ci/other-kernel");
        }
    }

    @KernelTest // *52 TestMixL3IPVlanAndBridge, GW-03
    void aDefaultRouteByTheLinkCountsAsAGateway() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network lan = ipvlan(lab, IpvlanOptions.on("up0").inMode(IpvlanMode.L3));
            Network apart = network(
                    lab,
                    request("macvlan", "apart", Map.of())
                            .addSubnets(SubnetRequest.of("10.8.0.0/24"))
                            .build());
            Sandbox one = lab.connected(apart, "one");
            lan.connect(one, EndpointRequest.named("one"));
            assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                    .startsWith("default dev eth1");
        }
    }
}
