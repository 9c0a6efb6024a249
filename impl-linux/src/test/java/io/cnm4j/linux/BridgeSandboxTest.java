package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static io.cnm4j.linux.Traffic.isSilent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.linux.netns.Namespaces;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes and their endpoints over time. */
class BridgeSandboxTest {
    @TempDir
    Path directory;

    static Network network(Lab lab, String name, int number, boolean ipv6) {
        var request =
                NetworkRequest.builder().name(name).ipv6(ipv6).addSubnets(SubnetRequest.of("10." + number + ".0.0/24"));
        if (ipv6) {
            request.addSubnets(SubnetRequest.of("fd00:" + number + "::/64"));
        }
        return lab.controller().createNetwork(request.build());
    }

    @KernelTest // EO-14, OS-07, *51 TestSetEndpointSysctl, TestSetInterfaceSysctl
    void parametersOfAnInterfaceAreSet() {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20, true);
            Sandbox one = lab.sandbox("one");
            web.connect(one, withSysctls("net.ipv4.conf.IFNAME.arp_ignore=2,net.ipv6.neigh.IFNAME.gc_stale_time=77"));
            assertThat(TestNetns.runIn(in(one), "sysctl", "-n", "net.ipv4.conf.eth0.arp_ignore"))
                    .isEqualTo("2\n");
            assertThat(TestNetns.runIn(in(one), "sysctl", "-n", "net.ipv6.neigh.eth0.gc_stale_time"))
                    .isEqualTo("77\n");
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            Network again = lab.controller().networkByName("web");
            for (String bad : List.of(
                    "net.ipv4.conf.eth0.arp_ignore=2",
                    "net.ipv4.ip_forward=1",
                    "net.ipv4.conf.IFNAME.arp_ignore",
                    "net.ipv4.conf.IFNAME/../all.forwarding=1",
                    "kernel.IFNAME.x=1",
                    "net.ipv6.conf.IFNAME.disable_ipv6=1",
                    ",")) {
                assertThatThrownBy(() -> again.createEndpoint(withSysctls(bad)))
                        .as(bad)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining(EndpointRequest.SYSCTLS);
            }
            again.endpointByName("tuned").disconnect();
            assertThatThrownBy(() -> again.connect(lab.sandbox("two"), withSysctls("net.ipv4.conf.IFNAME.nothing=1")))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("nothing");
        }
    }

    @KernelTest // M-11, OS-08, *55 TestAdvertiseAddresses
    void neighboursLearnWhereAnAddressIsNow() {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20, true);
            Sandbox two = lab.connected(web, "two");
            for (String address : List.of("10.20.0.9", "fd00:20::9")) {
                TestNetns.runIn(
                        in(two),
                        "ip",
                        "neigh",
                        "replace",
                        address,
                        "lladdr",
                        "02:00:00:00:00:99",
                        "dev",
                        "eth0",
                        "nud",
                        "stale");
            }
            Endpoint endpoint = web.connect(
                    lab.sandbox("one"),
                    EndpointRequest.builder()
                            .name("one")
                            .ipv4(IpAddress.parse("10.20.0.9"))
                            .ipv6(IpAddress.parse("fd00:20::9"))
                            .build());
            String mac = endpoint.inspect().mac().orElseThrow().toString();
            for (String address : List.of("10.20.0.9", "fd00:20::9")) {
                await().atMost(Duration.ofSeconds(5))
                        .until(() -> TestNetns.runIn(in(two), "ip", "neigh", "show", address)
                                .contains(mac));
            }
        }
    }

    private static EndpointRequest withSysctls(String sysctls) {
        return EndpointRequest.builder()
                .name("tuned")
                .putOptions(EndpointRequest.SYSCTLS, sysctls)
                .build();
    }

    @KernelTest // SB-11
    void namespaceOfTheCallerIsUsedAndStays() {
        try (var lab = new Lab(directory);
                TestNetns given = TestNetns.create(directory, "given")) {
            given.run("ip", "link", "add", "eth0", "type", "bridge");
            Network web = network(lab, "web", 20, true);
            Sandbox one = lab.controller()
                    .createSandbox(SandboxRequest.builder()
                            .containerId("one")
                            .namespace(Path.of(given.path()))
                            .build());
            assertThat(one.namespacePath()).hasToString(given.path());
            web.connect(one, EndpointRequest.named("one"));
            Sandbox two = lab.connected(web, "two");
            assertThat(echoes(given.ref(), Lab.address(two, Family.IPV4))).isTrue();
            assertThat(echoes(in(two), Lab.address(one, Family.IPV6))).isTrue();
            assertThat(one.statistics()).containsOnlyKeys("lo", "eth0", "eth1");
            lab.reopen();
            lab.controller().sandboxByContainer("one").delete();
            assertThat(given.run("ip", "-o", "link")).contains(": eth0:").doesNotContain("eth1");
        }
    }

    @KernelTest // LV-04
    void sandboxWhoseNamespaceIsGoneCanBeDeleted() {
        try (var lab = new Lab(directory)) {
            TestNetns given = TestNetns.create(directory, "given");
            Network web = network(lab, "web", 20, true);
            Sandbox one = lab.controller()
                    .createSandbox(SandboxRequest.builder()
                            .containerId("one")
                            .namespace(Path.of(given.path()))
                            .build());
            web.connect(one, EndpointRequest.named("one"));
            Endpoint second = web.connect(one, EndpointRequest.named("second"));
            given.close();
            second.disconnect();
            one.delete();
            web.delete();
            assertThat(lab.controller().sandboxes()).isEmpty();
        }
    }

    @KernelTest // SB-16
    void statisticsCount() {
        try (var lab = new Lab(directory)) {
            Sandbox one = lab.connected(network(lab, "web", 20, false), "one");
            assertThat(echoes(in(one), "10.20.0.1")).isTrue();
            InterfaceStatistics before = requireNonNull(one.statistics().get("eth0"));
            TestNetns.runIn(in(one), "ping", "-c", "3", "-i", "0.01", "-s", "1000", "10.20.0.1");
            InterfaceStatistics after = requireNonNull(one.statistics().get("eth0"));
            assertThat(after.txPackets() - before.txPackets()).isBetween(3L, 10L);
            assertThat(after.rxPackets() - before.rxPackets()).isBetween(3L, 10L);
            assertThat(after.txBytes() - before.txBytes()).isBetween(3 * 1042L, 4 * 1042L);
            assertThat(after.rxBytes() - before.rxBytes()).isBetween(3 * 1042L, 4 * 1042L);
            assertThat(after.rxErrors() + after.txErrors() + after.rxDropped() + after.txDropped())
                    .isZero();
            assertThat(one.statistics()).containsOnlyKeys("lo", "eth0");
        }
    }

    @KernelTest // SB-17
    void workIsDoneInside() throws Exception {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20, false);
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            Path here = Path.of("/proc/thread-self/ns/net");
            Path caller = Files.readSymbolicLink(here);
            assertThat(one.call(() -> Files.readSymbolicLink(here)))
                    .isEqualTo(one.call(() -> Files.readSymbolicLink(here)))
                    .isNotEqualTo(caller);
            assertThat(Files.readSymbolicLink(here)).isEqualTo(caller);
            try (ServerSocket server = one.call(() -> new ServerSocket(80));
                    Socket client = two.call(Socket::new)) {
                two.call(() -> {
                    client.connect(new InetSocketAddress(Lab.address(one, Family.IPV4), 80), 5_000);
                    return true;
                });
                try (Socket accepted = server.accept()) {
                    client.getOutputStream().write("from here".getBytes(UTF_8));
                    assertThat(accepted.getInputStream().readNBytes(9))
                            .asString()
                            .isEqualTo("from here");
                }
            }
            assertThatThrownBy(() -> one.call(() -> {
                        throw new IOException("from inside");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("from inside");
            Process process = one.start(new ProcessBuilder("ip", "-4", "-o", "address", "show", "dev", "eth0"));
            assertThat(process.getInputStream().readAllBytes()).asString().contains(Lab.address(one, Family.IPV4));
            assertThat(process.waitFor()).isZero();
        }
    }

    @KernelTest // SB-05, SB-06
    void filesComeAndGoWithTheSandbox() throws Exception {
        try (var lab = new Lab(directory)) {
            Sandbox one = lab.controller()
                    .createSandbox(SandboxRequest.builder()
                            .containerId("one")
                            .hostname("shop")
                            .build());
            Path hosts = one.inspect().hostsFile();
            Path resolver = one.inspect().resolvConfFile();
            assertThat(Files.readString(hosts).lines().map(line -> line.replaceAll("\\s+", " ")))
                    .contains("127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback")
                    .noneMatch(line -> line.contains("shop")); // it has no address yet
            assertThat(Files.readAllLines(resolver))
                    .containsAll(Files.readAllLines(Path.of("/etc/resolv.conf")).stream()
                            .filter(line -> line.matches("nameserver (?!127\\.|::1).*"))
                            .toList())
                    .noneMatch(line -> line.matches("nameserver (127\\.|::1).*"));
            for (Path file : new Path[] {hosts, resolver}) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-r--r--");
            }
            one.delete();
            assertThat(hosts.getParent()).doesNotExist();
        }
    }

    @KernelTest
    void firstPacketAfterJoiningArrives() throws Exception {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20, false);
            Endpoint service = web.createEndpoint(EndpointRequest.named("service"));
            var address = InetAddress.getByName(
                    service.inspect().address(Family.IPV4).orElseThrow().toString());
            String mac = service.inspect().mac().orElseThrow().toString();
            String bridge = "br-" + web.id().shortForm();
            TestNetns.inHere("ip", "neigh", "add", address.getHostAddress(), "lladdr", mac, "dev", bridge);
            Sandbox one = lab.sandbox("one");
            try (DatagramSocket server = one.call(() -> new DatagramSocket(9));
                    DatagramSocket client = Namespaces.visit(TestNetns.here(), () -> new DatagramSocket())) {
                server.setSoTimeout(1_000);
                for (int i = 0; i < 50; i++) {
                    service.join(one);
                    client.send(new DatagramPacket(new byte[] {(byte) i}, 1, address, 9));
                    var received = new DatagramPacket(new byte[1], 1);
                    server.receive(received);
                    assertThat(received.getData()).containsExactly((byte) i);
                    service.leave();
                }
            }
        }
    }

    @KernelTest // JN-03, LV-01, LV-02
    void endpointMovesWithItsAddresses() {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20, true);
            Endpoint service = web.createEndpoint(EndpointRequest.named("service"));
            Sandbox client = lab.connected(web, "client");
            String address =
                    service.inspect().address(Family.IPV4).orElseThrow().toString();
            assertThat(Lab.address(client, Family.IPV4)).isNotEqualTo(address);
            assertThat(isSilent(in(client), address)).isTrue();

            Sandbox one = lab.sandbox("one");
            service.join(one);
            assertThat(echoes(in(client), address)).isTrue();
            String mac = service.inspect().mac().orElseThrow().toString();
            assertThat(TestNetns.runIn(in(one), "ip", "link", "show", "dev", "eth0"))
                    .contains(mac);
            service.leave();
            assertThat(one.endpoints()).isEmpty();
            assertThat(one.statistics()).containsOnlyKeys("lo");
            assertThat(isSilent(in(client), address)).isTrue();

            Sandbox two = lab.sandbox("two");
            service.join(two);
            assertThat(TestNetns.runIn(in(two), "ip", "link", "show", "dev", "eth0"))
                    .contains(mac);
            assertThat(Lab.address(two, Family.IPV4)).isEqualTo(address);
            assertThat(echoes(in(client), address)).isTrue();
            assertThat(echoes(in(client), Lab.address(two, Family.IPV6))).isTrue();
        }
    }
}
