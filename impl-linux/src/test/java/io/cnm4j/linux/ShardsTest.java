package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static io.cnm4j.linux.Traffic.isSilent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** A network on several bridges is one network. */
class ShardsTest {
    private static final int ENDPOINTS = 7; // on three bridges: three, two and two

    @TempDir
    Path directory;

    private static Network sharded(Lab lab, BridgeOptions.Builder options, boolean internal) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("wide")
                        .ipv6(true)
                        .internal(internal)
                        .addSubnets(SubnetRequest.of("10.20.0.0/22"), SubnetRequest.of("fd00:20::/64"))
                        .options(options.shards(3).build().toOptions())
                        .build());
    }

    private static List<Sandbox> filled(Lab lab, Network net) {
        return IntStream.range(0, ENDPOINTS)
                .mapToObj(i -> lab.connected(net, "c" + i))
                .toList();
    }

    private static List<String> addresses(Sandbox sandbox) {
        return List.of(Lab.address(sandbox, Family.IPV4), Lab.address(sandbox, Family.IPV6));
    }

    private static String bridge(Network net) {
        return net.inspect().driverNote().getOrDefault("bridge", "");
    }

    private static void allReachAll(List<Sandbox> sandboxes) {
        for (Sandbox from : sandboxes) {
            for (Sandbox to : sandboxes) {
                for (String address : addresses(to)) {
                    assertThat(echoes(in(from), address))
                            .as("%s to %s at %s", from.containerId(), to.containerId(), address)
                            .isTrue();
                }
            }
        }
    }

    @KernelTest // pain 16
    void endpointsOfAllBridgesReachEachOtherAndTheOutside() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", "192.0.2.1/24", "192.0.2.2/24");
            Network net = sharded(lab, BridgeOptions.builder(), false);
            assertThat(net.inspect().capacity()).hasValue(3 * BridgeOptions.PORTS);
            List<Sandbox> all = filled(lab, net);
            for (int shard = 0; shard < 3; shard++) {
                String name = bridge(net) + (shard == 0 ? "" : "-" + shard);
                assertThat(TestNetns.inHere("ip", "-o", "link", "show", "master", name)
                                .lines())
                        .hasSize(shard == 0 ? 3 : 2);
            }
            allReachAll(all);
            Sandbox first = all.get(0);
            assertThat(echoes(in(first), "10.20.0.1")).isTrue();
            assertThat(echoes(in(first), "192.0.2.2")).isTrue(); // masqueraded: it knows no way back
            assertThat(Resolver.DIG.find(first, "c4", Resolver.Type.A))
                    .containsExactly(Lab.address(all.get(4), Family.IPV4));
            for (Sandbox sandbox : all) {
                assertThat(echoes(TestNetns.here(), Lab.address(sandbox, Family.IPV4)))
                        .isTrue();
                assertThat(echoes(TestNetns.here(), Lab.address(sandbox, Family.IPV6)))
                        .isTrue();
                String neighbours = Lab.in(sandbox, "ip", "neigh").output();
                assertThat(neighbours.lines().filter(line -> !line.contains("fe80:")))
                        .as("whom %s knows: %s", sandbox.containerId(), neighbours)
                        .hasSize(2)
                        .allMatch(line -> line.contains("PERMANENT"));
            }
            assertThat(TestNetns.inHere("cat", "/proc/net/snmp").lines().filter(line -> line.startsWith("IcmpMsg:")))
                    .as("redirects, of type 5")
                    .noneMatch(line -> line.contains("OutType5"));
            assertThat(outside.run("ip", "neigh")).isNotNull();
            assertThat(lab.controller().check()).isEmpty();
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            allReachAll(List.of(
                    lab.controller().sandboxByContainer("c0"), lab.controller().sandboxByContainer("c1")));
        }
    }

    @KernelTest
    void publishedPortsAreReachedFromAllBridgesAndFromOutside() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", "192.0.2.1/24", "192.0.2.2/24");
            for (boolean icc : new boolean[] {true, false}) {
                Network net = sharded(lab, BridgeOptions.builder().icc(icc), false);
                List<Sandbox> all = filled(lab, net);
                Sandbox server = lab.sandbox("server");
                net.connect(
                        server,
                        EndpointRequest.builder()
                                .name("server")
                                .addPublish(PublishedPort.parse("8080:80"))
                                .build());
                try (EchoServer echo = EchoServer.in(server, 80)) {
                    assertThat(echo).isNotNull();
                    assertThat(EchoServer.askTcp(outside.ref(), "192.0.2.1", 8080))
                            .contains("server 192.0.2.2");
                    for (Sandbox sandbox : all) {
                        assertThat(EchoServer.askTcp(in(sandbox), "10.20.0.1", 8080))
                                .as("from %s, icc %s", sandbox.containerId(), icc)
                                .hasValueSatisfying(told -> assertThat(told).startsWith("server "));
                    }
                    assertThat(EchoServer.askTcp(in(server), "192.0.2.1", 8080)) // itself
                            .hasValueSatisfying(told -> assertThat(told).startsWith("server "));
                }
                assertThat(lab.controller().check()).isEmpty();
                lab.clear();
            }
        }
    }

    @KernelTest
    void withoutIccNobodyReachesAnybodyWhateverTheBridge() {
        try (var lab = new Lab(directory)) {
            Network net = sharded(lab, BridgeOptions.builder().icc(false), false);
            List<Sandbox> all = filled(lab, net);
            for (Sandbox to : all.subList(1, 4)) { // one on each bridge
                for (String address : addresses(to)) {
                    assertThat(isSilent(in(all.get(0)), address)).as(address).isTrue();
                }
                assertThat(echoes(in(to), "10.20.0.1")).isTrue();
            }
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void anInternalNetworkIsOneAndOtherNetworksAreApart() {
        try (var lab = new Lab(directory)) {
            lab.neighbour("out", "192.0.2.1/24", "192.0.2.2/24");
            Network net = sharded(lab, BridgeOptions.builder(), true);
            Sandbox stranger = lab.connected(lab.network("other"), "stranger");
            List<Sandbox> all = filled(lab, net);
            allReachAll(all.subList(0, 4));
            assertThat(isSilent(in(all.get(1)), "192.0.2.2")).isTrue();
            for (Sandbox sandbox : all.subList(0, 3)) {
                assertThat(isSilent(in(stranger), Lab.address(sandbox, Family.IPV4)))
                        .isTrue();
                assertThat(isSilent(in(sandbox), Lab.address(stranger, Family.IPV4)))
                        .isTrue();
            }
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void whatIsDamagedIsFoundAndRepaired() {
        try (var lab = new Lab(directory)) {
            Network net = sharded(lab, BridgeOptions.builder(), false);
            List<Sandbox> all = filled(lab, net);
            String second = bridge(net) + "-1";
            String address = Lab.address(all.get(1), Family.IPV4);
            List<List<String>> damages = List.of(
                    List.of("ip", "route", "del", address + "/32"),
                    List.of("ip", "neigh", "del", address, "dev", second),
                    List.of(
                            "ip",
                            "neigh",
                            "replace",
                            address,
                            "dev",
                            second,
                            "nud",
                            "permanent",
                            "lladdr",
                            "02:00:00:00:00:97"),
                    List.of("ip", "address", "del", "10.20.0.1/32", "dev", second),
                    List.of("ip", "link", "set", "dev", second, "mtu", "1300"),
                    List.of("ip", "link", "del", second));
            for (List<String> damage : damages) {
                TestNetns.inHere(damage.toArray(String[]::new));
                List<Finding> found = lab.controller().check();
                assertThat(found).as("%s", damage).isNotEmpty();
                assertThat(lab.controller().repair(found)).as("%s", damage).isEmpty();
                allReachAll(all.subList(0, 3));
            }
            TestNetns.inHere(
                    "ip", "route", "add", "10.20.3.9", "via", "10.20.3.9", "dev", second, "onlink", "proto", "196");
            TestNetns.inHere(
                    "ip",
                    "neigh",
                    "add",
                    "10.20.3.9",
                    "dev",
                    second,
                    "nud",
                    "permanent",
                    "lladdr",
                    "02:00:00:00:00:97");
            assertThat(lab.controller().check())
                    .extracting(Finding::kind)
                    .containsExactly(Finding.Kind.ORPHAN, Finding.Kind.ORPHAN);
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            assertThat(TestNetns.inHere("ip", "neigh", "show", "10.20.3.9")).isBlank();
        }
    }

    @KernelTest
    void itChangesAsOne() {
        try (var lab = new Lab(directory)) {
            Network net = sharded(lab, BridgeOptions.builder(), true);
            List<Sandbox> all = new ArrayList<>(filled(lab, net));
            net.update(NetworkUpdate.builder()
                    .labels(Map.of("a", "b"))
                    .mtu(2000)
                    .addSubnets(SubnetRequest.of("10.21.0.0/24"), SubnetRequest.of("fd00:21::/64"))
                    .build());
            Sandbox late = lab.sandbox("late");
            net.connect(
                    late,
                    EndpointRequest.builder()
                            .name("late")
                            .ipv4(IpAddress.parse("10.21.0.9"))
                            .ipv6(IpAddress.parse("fd00:21::9"))
                            .build());
            all.add(late);
            allReachAll(all.subList(4, all.size()));
            assertThat(Traffic.passesWhole(in(late), Lab.address(all.get(0), Family.IPV4), 1900))
                    .isTrue();
            net.connect(late, EndpointRequest.named("again"));
            assertThat(lab.controller().check()).isEmpty();
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void whatDoesNotGoTogetherIsRefused() {
        try (var lab = new Lab(directory)) {
            TestNetns.inHere("ip", "link", "add", "mine", "type", "bridge");
            TestNetns.inHere("ip", "address", "add", "10.20.0.1/22", "dev", "mine");
            assertThatThrownBy(() -> sharded(lab, BridgeOptions.builder().bridgeName("mine"), false))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll("mine", BridgeOptions.SHARDS);
            assertThatThrownBy(() -> sharded(lab, BridgeOptions.builder().inhibitIpv4(true), false))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(BridgeOptions.SHARDS);
            assertThatThrownBy(() -> sharded(lab, BridgeOptions.builder().bridgeName("fourteen-chars"), false))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("fourteen-chars-1");
            assertThat(lab.controller().networks()).isEmpty();
            assertThat(lab.controller().check()).isEmpty();
            TestNetns.inHere("ip", "link", "del", "mine");
        }
    }
}
