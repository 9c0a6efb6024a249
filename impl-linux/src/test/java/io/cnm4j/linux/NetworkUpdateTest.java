package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.macvlan.MacvlanOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Networks change under their endpoints. */
class NetworkUpdateTest {
    private static final int JUMBO = 4_000; // octets, more than 1500

    @TempDir
    Path directory;

    private static Network dual(Lab lab, boolean internal) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .ipv6(true)
                        .internal(internal)
                        .addSubnets(SubnetRequest.of("10.20.1.0/24"), SubnetRequest.of("fd00:20:1::/64"))
                        .build());
    }

    private static Sandbox at(Lab lab, Network net, String name, String ipv4, String ipv6) {
        Sandbox sandbox = lab.sandbox(name);
        net.connect(
                sandbox,
                EndpointRequest.builder()
                        .name(name)
                        .ipv4(IpAddress.parse(ipv4))
                        .ipv6(IpAddress.parse(ipv6))
                        .build());
        return sandbox;
    }

    private static boolean passesWhole(Sandbox from, String address, int octets) {
        return Lab.in(from, "ping", "-n", "-c", "1", "-W", "1", "-M", "do", "-s", String.valueOf(octets), address)
                        .status()
                == 0;
    }

    @KernelTest
    void theMtuChangesUnderEndpointsAndForThoseToCome() {
        try (var lab = new Lab(directory)) {
            Network net = dual(lab, false);
            String bridge = net.inspect().driverNote().getOrDefault("bridge", "");
            Sandbox one = lab.connected(net, "one");
            Sandbox two = lab.connected(net, "two");
            String address = Lab.address(two, Family.IPV4);
            assertThat(passesWhole(one, address, JUMBO)).isFalse();
            net.update(NetworkUpdate.builder().mtu(9000).build());
            assertThat(passesWhole(one, address, JUMBO)).isTrue();
            Sandbox three = lab.connected(net, "three");
            assertThat(passesWhole(three, address, JUMBO)).isTrue();
            assertThat(passesWhole(
                            one,
                            net.inspect()
                                    .subnets()
                                    .get(0)
                                    .gateway()
                                    .orElseThrow()
                                    .toString(),
                            JUMBO))
                    .isTrue();
            assertThat(lab.controller().check()).isEmpty();

            net.update(NetworkUpdate.builder().mtu(1400).build());
            assertThat(passesWhole(one, address, 1400)).isFalse();
            assertThat(passesWhole(one, address, 1300)).isTrue();
            assertThat(Lab.in(one, "ip", "link", "show", "dev", "eth0").output())
                    .contains("mtu 1400 ");
            assertThat(lab.controller().check()).isEmpty();
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            TestNetns.inHere("ip", "link", "set", "dev", bridge, "mtu", "1500");
            assertThat(lab.controller().repair(lab.controller().check())).isEmpty();
        }
    }

    @KernelTest
    void aBridgeKeepsItsMtuWhenTheLastEndpointLeaves() {
        try (var lab = new Lab(directory)) {
            Network net = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("net")
                            .putOptions("com.docker.network.driver.mtu", "1400")
                            .build());
            lab.connected(net, "one").delete();
            assertThat(lab.controller().check()).isEmpty();
            Sandbox two = lab.connected(net, "two");
            net.update(NetworkUpdate.builder().mtu(1300).build());
            two.delete();
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void anAddedSubnetIsReachedByAllAndReachesAll() {
        for (boolean internal : new boolean[] {false, true}) {
            try (var lab = new Lab(directory.resolve(String.valueOf(internal)))) {
                Network net = dual(lab, internal);
                Sandbox before = lab.connected(net, "before");
                String old = Lab.address(before, Family.IPV4);
                net.update(NetworkUpdate.builder()
                        .labels(Map.of("grown", "yes"))
                        .addSubnets(SubnetRequest.of("10.20.2.0/24"), SubnetRequest.of("fd00:20:2::/64"))
                        .build());
                Sandbox after = at(lab, net, "after", "10.20.2.9", "fd00:20:2::9");
                Sandbox mixed = at(lab, net, "mixed", "10.20.1.9", "fd00:20:2::a");
                assertThat(Lab.address(before, Family.IPV4)).isEqualTo(old);
                for (Sandbox from : lab.controller().sandboxes()) {
                    for (Sandbox to : lab.controller().sandboxes()) {
                        for (Family family : Family.values()) {
                            assertThat(passesWhole(from, Lab.address(to, family), 56))
                                    .as("%s to %s", from.containerId(), Lab.address(to, family))
                                    .isTrue();
                        }
                    }
                }
                if (!internal) {
                    assertThat(Lab.in(after, "ip", "route").output()).contains("default via 10.20.2.1");
                    assertThat(Lab.reaches(after, "10.20.2.1")).isTrue();
                    TestNetns outside = lab.neighbour("out", "192.0.2.1/24", "192.0.2.2/24"); // which knows no way back
                    assertThat(outside.path()).isNotEmpty();
                    assertThat(Lab.reaches(after, "192.0.2.2")).isTrue();
                    assertThat(Lab.reaches(mixed, "192.0.2.2")).isTrue();
                }
                assertThat(lab.controller().check()).isEmpty();
                lab.reopen();
                assertThat(lab.controller().check()).isEmpty();
            }
        }
    }

    @KernelTest
    void twoEndpointsOfOneNetworkInOneSandboxBothKnowTheWay() {
        try (var lab = new Lab(directory)) {
            Network net = dual(lab, false);
            Sandbox box = lab.connected(net, "one");
            net.connect(box, EndpointRequest.named("two"));
            net.update(NetworkUpdate.builder()
                    .addSubnets(SubnetRequest.of("10.20.2.0/24"), SubnetRequest.of("fd00:20:2::/64"))
                    .build());
            assertThat(Lab.in(box, "ip", "route").output()).contains("10.20.2.0/24 dev eth0", "10.20.2.0/24 dev eth1");
            assertThat(lab.controller().check()).isEmpty();
            Lab.in(box, "ip", "route", "del", "10.20.2.0/24", "dev", "eth1");
            assertThat(lab.controller().check()).hasSize(1);
            assertThat(lab.controller().repair(lab.controller().check())).isEmpty();
            net.endpointByName("one").disconnect();
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void childrenOfALinkFollowWhereTheMtuIsTheirOwn() {
        try (var lab = new Lab(directory)) {
            TestNetns.inHere("ip", "link", "add", "up0", "mtu", "2000", "up", "type", "veth", "peer", "name", "up1");
            Network lan = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("lan")
                            .driver("macvlan")
                            .options(MacvlanOptions.on("up0").toOptions())
                            .putOptions(MacvlanOptions.MTU, "1400")
                            .addSubnets(SubnetRequest.of("10.30.0.0/24"))
                            .build());
            Sandbox box = lab.connected(lan, "box");
            lan.update(NetworkUpdate.builder().mtu(1600).build());
            assertThat(Lab.in(box, "ip", "link", "show", "dev", "eth0").output())
                    .contains("mtu 1600 ");
            assertThat(lab.controller().check()).isEmpty();
            assertThatThrownBy(
                            () -> lan.update(NetworkUpdate.builder().mtu(3000).build())) // more than the parent's
                    .isInstanceOf(KernelException.class);
            assertThat(lan.inspect().options()).containsEntry(MacvlanOptions.MTU, "1600");
            assertThatThrownBy(() -> lan.update(NetworkUpdate.builder()
                            .addSubnets(SubnetRequest.of("10.31.0.0/24"))
                            .build()))
                    .isInstanceOf(UnsupportedException.class);
            assertThat(lab.controller().check()).isEmpty();
            lab.clear();
            TestNetns.inHere("ip", "link", "del", "up0");
        }
    }
}
