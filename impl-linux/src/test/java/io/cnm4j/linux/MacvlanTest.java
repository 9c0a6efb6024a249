package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static io.cnm4j.linux.Traffic.isSilent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.macvlan.MacvlanOptions;
import io.cnm4j.spi.plan.MacvlanMode;
import io.cnm4j.spi.plan.Mark;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** Macvlan networks on the link {@code up0} of the host, at whose other end is a machine with 10.7.0.1 and fd00:7::1. */
class MacvlanTest {
    private static final String OUTSIDE = "10.7.0.1";

    @TempDir
    Path directory;

    private static TestNetns outside(Lab lab) {
        TestNetns outside = lab.neighbour("up0", "192.0.2.1/24", "10.7.0.1/24");
        outside.run("ip", "address", "add", "fd00:7::1/64", "dev", "eth0", "nodad");
        outside.run("ip", "address", "add", "198.51.100.1/32", "dev", "lo");
        return outside;
    }

    private static NetworkRequest.Builder request(String name, MacvlanOptions options) {
        return NetworkRequest.builder().name(name).driver("macvlan").options(options.toOptions());
    }

    private static SubnetRequest subnet() {
        return SubnetRequest.builder()
                .pool(IpPrefix.parse("10.7.0.0/24"))
                .gateway(IpAddress.parse(OUTSIDE))
                .build();
    }

    private static Network network(Lab lab, MacvlanOptions options) {
        return lab.controller()
                .createNetwork(request("lan", options)
                        .ipv6(true)
                        .addSubnets(
                                subnet(),
                                SubnetRequest.builder()
                                        .pool(IpPrefix.parse("fd00:7::/64"))
                                        .gateway(IpAddress.parse("fd00:7::1"))
                                        .build())
                        .build());
    }

    private static String address(Sandbox sandbox) {
        return sandbox.endpoints().get(0).inspect().addresses().get(0).address().toString();
    }

    private static String address6(Sandbox sandbox) {
        return sandbox.endpoints().get(0).inspect().addresses().get(1).address().toString();
    }

    @KernelTest // VL-01, VL-12, VL-18, *58 TestDockerNetworkMacvlan
    void containersReachEachOtherAndTheOutsideButNotTheHost() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network lan = network(lab, MacvlanOptions.on("up0"));
            Sandbox one = lab.connected(lan, "one");
            Sandbox two = lab.connected(lan, "two");
            assertThat(echoes(in(one), address(two))).isTrue();
            assertThat(echoes(in(one), address6(two))).isTrue();
            assertThat(echoes(in(one), OUTSIDE)).isTrue();
            assertThat(echoes(in(one), "fd00:7::1")).isTrue();
            assertThat(echoes(in(one), "198.51.100.1")).as("by the gateway").isTrue();
            assertThat(isSilent(in(one), "192.0.2.1"))
                    .as("the host's own address")
                    .isTrue();
            assertThat(lab.controller().check()).isEmpty();
            assertThat(one.endpoints().get(0).inspect().gateways()).hasSize(2);
        }
    }

    @KernelTest // VL-12: no gateway given
    void withoutAGatewayTheDefaultRouteIsTheLink() {
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            outside.run("sysctl", "-q", "-w", "net.ipv4.conf.eth0.proxy_arp=1");
            Network lan = lab.controller()
                    .createNetwork(request("lan", MacvlanOptions.on("up0"))
                            .addSubnets(SubnetRequest.of("10.7.0.0/24"))
                            .build());
            Sandbox one = lab.sandbox("one");
            lan.connect(
                    one,
                    EndpointRequest.builder()
                            .name("one")
                            .ipv4(IpAddress.parse("10.7.0.9"))
                            .build());
            assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                    .startsWith("default dev eth0");
            assertThat(echoes(in(one), "198.51.100.1")).isTrue();
        }
    }

    @KernelTest
    void privateChildrenDoNotReachEachOther() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            for (MacvlanMode mode : List.of(MacvlanMode.PRIVATE, MacvlanMode.VEPA)) {
                Network lan = network(lab, MacvlanOptions.on("up0").inMode(mode));
                Sandbox one = lab.connected(lan, "one");
                Sandbox two = lab.connected(lan, "two");
                assertThat(echoes(in(one), OUTSIDE)).isTrue();
                assertThat(isSilent(in(one), address(two))).as("%s", mode).isTrue();
                one.delete();
                two.delete();
                lan.delete();
            }
        }
    }

    @KernelTest // VL-06
    void inPassthruOneContainerHasTheParentForItself() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network lan = network(lab, MacvlanOptions.on("up0").inMode(MacvlanMode.PASSTHRU));
            for (int i = 0; i < 3; i++) { // it is free again when the call returns
                Sandbox one = lab.connected(lan, "one");
                assertThat(echoes(in(one), OUTSIDE)).isTrue();
                assertThat(lab.controller().check()).isEmpty();
                one.delete();
            }
            assertThatThrownBy(() -> lab.controller()
                            .createNetwork(request("other", MacvlanOptions.on("up0"))
                                    .addSubnets(SubnetRequest.of("10.8.0.0/24"))
                                    .build()))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("lan");
        }
    }

    @KernelTest // VL-06
    void severalNetworksShareAParent() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Sandbox one = lab.connected(network(lab, MacvlanOptions.on("up0")), "one");
            Network other = lab.controller()
                    .createNetwork(request("other", MacvlanOptions.on("up0"))
                            .addSubnets(SubnetRequest.of("10.8.0.0/24"), SubnetRequest.of("10.9.0.0/24"))
                            .build());
            Sandbox two = lab.sandbox("two");
            other.connect(
                    two,
                    EndpointRequest.builder()
                            .name("two")
                            .ipv4(IpAddress.parse("10.9.0.9"))
                            .build());
            assertThat(echoes(in(one), OUTSIDE)).isTrue();
            two.delete();
            other.delete();
            assertThat(echoes(in(one), OUTSIDE)).isTrue();
        }
    }

    @KernelTest // pain 42
    void theHostReachesItsChildrenByALegOfItsOwn() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network lan = lab.controller()
                    .createNetwork(request("lan", MacvlanOptions.on("up0").withHostLeg())
                            .addSubnets(SubnetRequest.builder()
                                    .from(subnet())
                                    .putAuxiliary(MacvlanOptions.LEG_IPV4, IpAddress.parse("10.7.0.200"))
                                    .build())
                            .build());
            Sandbox one = lab.connected(lan, "one");
            assertThat(echoes(TestNetns.here(), address(one))).isTrue();
            assertThat(echoes(in(one), "10.7.0.200")).isTrue();
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest // VL-09: the address is free again at once
    void aContainerComesBackWithItsHardwareAddress() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network lan = network(lab, MacvlanOptions.on("up0"));
            EndpointRequest request = EndpointRequest.builder()
                    .name("one")
                    .mac(MacAddress.parse("02:42:00:00:00:07"))
                    .build();
            for (int i = 0; i < 5; i++) {
                Sandbox one = lab.sandbox("one");
                lan.connect(one, request);
                assertThat(echoes(in(one), OUTSIDE)).isTrue();
                one.delete();
            }
        }
    }

    @KernelTest // VL-15
    void itIsRestoredAndAMissingParentIsNamed() {
        try (var lab = new Lab(directory)) {
            try (TestNetns outside = TestNetns.wired(directory, "netns-up", "up1", "eth0")) {
                outside.run("ip", "address", "add", "10.7.0.1/24", "dev", "eth0");
                Network lan = network(lab, MacvlanOptions.on("up1"));
                Sandbox one = lab.connected(lan, "one");
                lab.reopen();
                assertThat(lab.controller().check()).isEmpty();
                assertThat(echoes(in(one), OUTSIDE)).isTrue();
                TestNetns.inHere("ip", "link", "del", "up1");
            }
            lab.reopen();
            assertThat(lab.controller().check())
                    .extracting(Finding::owner)
                    .anyMatch(owner -> owner.contains("'lan'"))
                    .anyMatch(owner -> owner.contains("'one'"));
            try (TestNetns outside = TestNetns.wired(directory, "netns-up", "up1", "eth0")) {
                outside.run("ip", "address", "add", "10.7.0.1/24", "dev", "eth0");
                assertThat(lab.controller().repair(lab.controller().check())).isEmpty();
                assertThat(echoes(in(lab.controller().sandboxByContainer("one")), OUTSIDE))
                        .isTrue();
                lab.clear();
                TestNetns.inHere("ip", "link", "del", "up1");
            }
        }
    }

    @KernelTest
    void whatACrashLeftInsideASandboxIsFoundAndRemoved() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            network(lab, MacvlanOptions.on("up0"));
            Sandbox one = lab.sandbox("one");
            String mark = Mark.of(lab.controller().id(), "endpoint 0123456789ab");
            TestNetns.inHere(
                    "ip",
                    "link",
                    "add",
                    "link",
                    "up0",
                    "name",
                    "eth0",
                    "netns",
                    one.namespacePath().toString(),
                    "type",
                    "macvlan",
                    "mode",
                    "bridge");
            TestNetns.runIn(in(one), "ip", "link", "set", "eth0", "alias", mark);
            assertThat(lab.controller().check()).extracting(Finding::kind).containsExactly(Finding.Kind.ORPHAN);
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            assertThat(TestNetns.runIn(in(one), "ip", "link")).doesNotContain("eth0");
        }
    }

    @KernelTest
    void nothingStaysInANamespaceOfTheCallers() {
        try (TestNetns given = TestNetns.create(directory, "given");
                var lab = new Lab(directory, KernelTap.NONE, config -> config.activeContainers(Set.of()))) {
            outside(lab);
            Network lan = network(lab, MacvlanOptions.on("up0"));
            Sandbox one = lab.controller()
                    .createSandbox(SandboxRequest.builder()
                            .containerId("one")
                            .namespace(Path.of(given.path()))
                            .build());
            lan.connect(one, EndpointRequest.named("one"));
            lab.reopen(); // nobody is active
            assertThat(given.run("ip", "link")).doesNotContain("eth0");
        }
    }

    /** Where the kernel has no table of family ip for the sandbox the server has port 53 itself. */
    @KernelTest
    void namesAreFound() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network lan = network(lab, MacvlanOptions.on("up0"));
            Sandbox one = lab.connected(lan, "one");
            Sandbox two = lab.connected(lan, "two");
            assertThat(Resolver.DIG.find(one, "two", Resolver.Type.A)).containsExactly(address(two));
            assertThat(Resolver.DIG.find(two, "one.lan", Resolver.Type.AAAA)).containsExactly(address6(one));
            assertThat(Lab.in(one, "busybox", "netstat", "-lnu").output()).containsPattern("127.0.0.11:(53|21053) ");
            assertThat(Lab.in(one, "busybox", "netstat", "-lnt").output()).containsPattern("127.0.0.11:(53|21053) ");
            assertThat(lab.controller().check()).isEmpty();
        }
    }
}
