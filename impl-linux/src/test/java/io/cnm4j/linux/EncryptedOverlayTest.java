package io.cnm4j.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.core.registry.Named;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;
import io.cnm4j.spi.store.Write;
import io.cnm4j.tck.Waiting;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encrypted networks across hosts that are namespaces, with a real etcd and real packets. OV-01, OV-12, OV-18 to OV-21, OV-25 */
@Tag("kernel")
class EncryptedOverlayTest extends FreshCluster {
    private static final String MARKER = "feedfacecafebeef";
    private static final int MTU4 = 1408;
    private static final int MTU6 = 1388;

    @BeforeEach
    void needsTap() {
        Path tun = Path.of("/dev/net/tun");
        assumeTrue(
                Files.notExists(tun) || Files.isWritable(tun),
                "/dev/net/tun is closed to this user; udev's own rule is chmod 666 /dev/net/tun");
    }

    private static NetworkRequest encrypted(String name) {
        return NetworkRequest.builder()
                .name(name)
                .driver("overlay")
                .internal(true)
                .ipv6(true)
                .addSubnets(SubnetRequest.builder()
                        .family(Family.IPV6)
                        .pool(IpPrefix.parse("fd00:1::/64"))
                        .build())
                .putOptions("encrypted", "")
                .build();
    }

    private static Sandbox joined(Underlay.Host host, String network, String container) {
        Sandbox sandbox = host.controller().createSandbox(SandboxRequest.forContainer(container));
        seen(host, network).connect(sandbox, EndpointRequest.named(container));
        return sandbox;
    }

    private static Network seen(Underlay.Host host, String network) {
        Waiting.until(() ->
                host.controller().networks().stream().anyMatch(n -> n.name().equals(network)));
        return host.controller().networkByName(network);
    }

    private static boolean reaches(Sandbox from, Sandbox to, Family family) {
        String address = Lab.address(to, family);
        Waiting.until(() -> !Traffic.isSilent(Traffic.in(from), address), Duration.ofSeconds(10));
        return Lab.reaches(from, address);
    }

    private KeyValueStore cluster() {
        return Named.find("store", StoreProvider.class, StoreProvider::name)
                .get(store.store())
                .connect(store);
    }

    /** Returns the numbers of the keys in the ring, the one that is sent with last. */
    private static List<String> ring(KeyValueStore cluster) {
        String record = new String(cluster.get("ring").orElseThrow().value(), ISO_8859_1);
        return Pattern.compile("\"(?:number|primary)\":(\\d+)")
                .matcher(record)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @ParameterizedTest(name = "IPv6 underlay: {0}")
    @ValueSource(booleans = {false, true})
    void whatCrossesTheLinkIsSealed(boolean ipv6) throws Exception {
        try (var underlay = new Underlay(directory, store, 2, ipv6)) {
            Underlay.Host one = underlay.host(1);
            Underlay.Host two = underlay.host(2);
            Network net = one.controller().createNetwork(encrypted("net"));
            Path wire = directory.resolve("wire.pcapng");
            Process tshark = capture(underlay, wire);
            try {
                Sandbox a = joined(one, "net", "a");
                Sandbox b = joined(two, "net", "b");
                assertThat(reaches(a, b, Family.IPV4)).isTrue();
                assertThat(reaches(b, a, Family.IPV6)).isTrue();
                String address = Lab.address(b, Family.IPV4);
                int mtu = ipv6 ? MTU6 : MTU4;
                assertThat(Traffic.passesWhole(Traffic.in(a), address, mtu)).isTrue();
                assertThat(Lab.in(a, "ip", "link", "show", "eth0").output()).contains("mtu " + mtu + " ");
                assertThat(Lab.in(a, "ping", "-c", "3", "-i", "0.1", "-p", MARKER, address)
                                .status())
                        .isZero();
                assertThat(Traffic.sourceSeen(Traffic.in(a), Traffic.in(b), address))
                        .contains(Lab.address(a, Family.IPV4));
                assertThat(one.controller().check()).isEmpty();
                assertThat(two.controller().check()).isEmpty();
                a.delete();
                b.delete();
                assertThat(one.present()).isEmpty();
            } finally {
                tshark.destroy();
                tshark.waitFor();
            }
            net.delete();
            String hosts = ipv6 ? "ipv6.addr == fd77::/64 && !icmpv6" : "ip.addr == 10.77.0.0/24 && !icmp";
            assertThat(read(wire, "-Y", "esp && udp.port == 4500")).isNotEmpty();
            assertThat(read(wire, "-Y", hosts + " && !(udp.port == 4500) && !igmp"))
                    .isEmpty();
            assertThat(read(wire, "-Y", "vxlan")).isEmpty();
            assertThat(java.util.HexFormat.of().formatHex(Files.readAllBytes(wire)))
                    .doesNotContain(MARKER);
        }
    }

    private static Process capture(Underlay underlay, Path file) throws Exception {
        var builder = new ProcessBuilder("tshark", "-n", "-q", "-l", "-i", "br0", "-w", file.toString());
        Process process = Permission.LAUNCHER.start(
                underlay.middle().ref(), builder.redirectErrorStream(true), Deadline.after(Duration.ofSeconds(30)));
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
        String line = output.readLine();
        while (line != null && !line.contains("Capturing on")) {
            line = output.readLine();
        }
        assertThat(line).isNotNull();
        ForkJoinPool.commonPool().execute(() -> output.lines().forEach(more -> {}));
        return process;
    }

    private static List<String> read(Path file, String... options) {
        var command = new java.util.ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
        command.addAll(List.of(options));
        return TestNetns.execute(NamespaceRef.HOST, command.toArray(new String[0]))
                .output()
                .lines()
                .filter(line -> !line.startsWith("Running as user"))
                .toList();
    }

    @Test // OV-20
    void keysAreReplacedAndNoPacketIsLost() {
        try (var underlay = new Underlay(directory, store, 3, false, config -> config.keyLife(Duration.ofSeconds(1)));
                KeyValueStore cluster = cluster()) {
            underlay.host(1).controller().createNetwork(encrypted("net"));
            Sandbox a = joined(underlay.host(1), "net", "a");
            Sandbox b = joined(underlay.host(2), "net", "b");
            joined(underlay.host(3), "net", "c");
            assertThat(reaches(a, b, Family.IPV4)).isTrue();
            List<String> before = ring(cluster);
            String told = Lab.in(
                            a, "ping", "-n", "-q", "-c", "900", "-i", "0.01", "-W", "1", Lab.address(b, Family.IPV4))
                    .output();
            List<String> after = ring(cluster);
            assertThat(told).contains("900 packets transmitted, 900 received, 0% packet loss");
            int first = Integer.parseInt(before.get(before.size() - 1));
            assertThat(Integer.parseInt(after.get(after.size() - 1))).isGreaterThanOrEqualTo(first + 2);
            assertThat(after.size()).as("keys and the number of one: %s", after).isBetween(2, 3);
        }
    }

    @Test // OV-22, RS-06
    void aHostThatComesBackServesItsTunnelsAgain() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            underlay.host(1).controller().createNetwork(encrypted("net"));
            Sandbox a = joined(underlay.host(1), "net", "a");
            Sandbox b = joined(underlay.host(2), "net", "b");
            NamespaceRef inside = Traffic.in(b);
            assertThat(reaches(b, a, Family.IPV4)).isTrue();
            underlay.host(2).goAway();
            assertThat(Traffic.isSilent(inside, Lab.address(a, Family.IPV4))).isTrue();
            underlay.host(2).comeBack();
            Sandbox again = underlay.host(2).controller().sandboxByContainer("b");
            assertThat(reaches(again, a, Family.IPV4)).isTrue();
            assertThat(underlay.host(2).controller().check()).isEmpty();
            assertThat(underlay.host(1).controller().check()).isEmpty();
        }
    }

    @Test
    void whoLeftAndJoinsAgainIsHeardAtOnce() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            underlay.host(1).controller().createNetwork(encrypted("net"));
            Sandbox a = joined(underlay.host(1), "net", "a");
            Sandbox b = joined(underlay.host(2), "net", "b");
            assertThat(reaches(b, a, Family.IPV4)).isTrue();
            String address = Lab.address(a, Family.IPV4);
            assertThat(Lab.in(b, "ping", "-q", "-f", "-c", "3000", address).output()) // beyond a window of replays
                    .contains(" 3000 received");
            b.delete();
            Sandbox again = joined(underlay.host(2), "net", "b");
            assertThat(reaches(again, a, Family.IPV4)).isTrue();
        }
    }

    @Test
    void aHostThatIsGoneStopsNoReplacementAndItsKeysAreForgotten() {
        try (var underlay = new Underlay(
                        directory,
                        store,
                        2,
                        false,
                        config -> config.keyLife(Duration.ofSeconds(1)).timeToLive(Underlay.SHORT_LIFE));
                KeyValueStore cluster = cluster()) {
            underlay.host(1).controller().createNetwork(encrypted("net"));
            joined(underlay.host(1), "net", "a");
            joined(underlay.host(2), "net", "b");
            Waiting.until(() -> cluster.list("sealer/").size() == 2);
            underlay.host(2).goAway();
            Waiting.until(() -> cluster.list("sealer/").size() == 1, Duration.ofSeconds(20));
            assertThat(cluster.list("sealer/")).hasSize(1);
            List<String> before = ring(cluster);
            Waiting.until(() -> !ring(cluster).equals(before), Duration.ofSeconds(10));
            assertThat(ring(cluster)).isNotEqualTo(before);
            underlay.host(2).comeBack();
        }
    }

    @Test
    void whatIsBrokenIsFoundAndRepaired() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            one.controller().createNetwork(encrypted("net"));
            Sandbox a = joined(one, "net", "a");
            Sandbox b = joined(underlay.host(2), "net", "b");
            assertThat(reaches(b, a, Family.IPV4)).isTrue();
            var inside = NamespaceRef.at(directory
                    .resolve("run1")
                    .resolve(one.controller().id().shortForm())
                    .resolve("netns")
                    .resolve(one.present().get(0))
                    .toString());
            TestNetns.runIn(inside, "ip", "link", "del", "vxlan0");
            List<Finding> findings = one.controller().check();
            assertThat(findings)
                    .anySatisfy(finding -> assertThat(finding.detail()).contains("there is no link 'vxlan0'"));
            assertThat(one.controller().repair(findings)).isEmpty();
            assertThat(reaches(b, a, Family.IPV4)).isTrue();
        }
    }

    @Test // OV-19
    void whatComesInTheClearGoesNowhere() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            underlay.host(1).controller().createNetwork(encrypted("net"));
            Sandbox a = joined(underlay.host(1), "net", "a");
            Sandbox b = joined(underlay.host(2), "net", "b");
            assertThat(reaches(b, a, Family.IPV4)).isTrue();
            String address = Lab.address(a, Family.IPV4);
            String mac = a.endpoints().get(0).inspect().mac().orElseThrow().toString();
            String far = b.endpoints().get(0).inspect().mac().orElseThrow().toString();
            String own = Lab.address(b, Family.IPV4) + "/16";
            underlay.host(1).namespace().run("ip", "address", "add", "10.77.0.100/24", "dev", "eth0");
            underlay.host(2).namespace().run("ip", "link", "set", "eth0", "down");
            try (TestNetns foe = underlay.wired(3)) { // which takes its address
                foe.run("ip", "address", "add", "10.77.0.2/24", "dev", "eth0");
                for (int port : new int[] {4789, 4500, 4501}) {
                    foe.run(
                            "ip",
                            "link",
                            "add",
                            "foe",
                            "address",
                            far,
                            "up",
                            "type",
                            "vxlan",
                            "id",
                            "4096",
                            "local",
                            "10.77.0.2",
                            "dstport",
                            "" + port,
                            "nolearning");
                    foe.run("ip", "address", "add", own, "dev", "foe");
                    foe.run("bridge", "fdb", "add", mac, "dev", "foe", "dst", "10.77.0.1");
                    foe.run("ip", "neigh", "add", address, "lladdr", mac, "dev", "foe");
                    for (String to : List.of("10.77.0.1", "10.77.0.100")) {
                        foe.run("bridge", "fdb", "replace", mac, "dev", "foe", "dst", to);
                        String before = received(a);
                        assertThat(Traffic.isSilent(foe.ref(), address)).isTrue();
                        assertThat(received(a))
                                .as("echo requests that came in by %s port %s", to, port)
                                .isEqualTo(before);
                    }
                    foe.run("ip", "link", "del", "foe");
                }
            }
            underlay.host(2).namespace().run("ip", "link", "set", "eth0", "up");
        }
    }

    /** Returns how many echo requests came in. */
    private static String received(Sandbox sandbox) {
        return Lab.in(sandbox, "cat", "/proc/net/snmp")
                .output()
                .lines()
                .filter(line -> line.startsWith("IcmpMsg:"))
                .toList()
                .toString();
    }

    @Test // OV-12
    void withoutKeysNobodyJoins() {
        try (var underlay = new Underlay(directory, store, 2, false);
                KeyValueStore cluster = cluster()) {
            Underlay.Host one = underlay.host(1);
            Network net = one.controller().createNetwork(encrypted("net"));
            Sandbox a = one.controller().createSandbox(SandboxRequest.forContainer("a"));
            long revision = cluster.commit(
                    List.of(new Write.Put("ring", "{\"secretive\":1}".getBytes(ISO_8859_1), Write.ABSENT)));
            assertThatThrownBy(() -> net.connect(a, EndpointRequest.named("a")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContainingAll("'ring'", "cannot be read")
                    .hasMessageNotContaining("secretive");
            assertThat(one.present()).isEmpty();
            assertThat(net.endpoints()).isEmpty();
            cluster.commit(List.of(new Write.Delete("ring", revision)));
            net.connect(a, EndpointRequest.named("a"));
            Sandbox b = joined(underlay.host(2), "net", "b");
            assertThat(reaches(a, b, Family.IPV4)).isTrue();
        }
    }

    @Test
    void noTextHasAKeyInIt() {
        try (var underlay = new Underlay(directory, store, 1, false);
                KeyValueStore cluster = cluster()) {
            Underlay.Host one = underlay.host(1);
            Network net = one.controller().createNetwork(encrypted("net"));
            joined(one, "net", "a");
            String record = new String(cluster.get("ring").orElseThrow().value(), ISO_8859_1);
            String key = Pattern.compile("\"secret\":\"([^\"]{40,})\"")
                    .matcher(record)
                    .results()
                    .findFirst()
                    .orElseThrow()
                    .group(1);
            Endpoint endpoint = net.endpoints().get(0);
            for (Object text : List.of(
                    net.inspect(),
                    net.inspectJson(),
                    endpoint.inspect(),
                    one.controller().check(),
                    one.controller().networks())) {
                assertThat(text.toString()).doesNotContain(key);
            }
        }
    }
}
