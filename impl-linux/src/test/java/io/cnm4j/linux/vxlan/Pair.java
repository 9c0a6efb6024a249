package io.cnm4j.linux.vxlan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.process.ProcessLauncher;
import io.cnm4j.linux.vxlan.esp.EspKey;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/**
 * Two hosts on a wire, and a network between sandboxes on them: host 0 is the test's namespace, each sandbox has 10.9.0.1 or .2 and
 * fd09::1 or ::2. Either end of the tunnel may be the kernel's or ours.
 */
final class Pair implements AutoCloseable {
    static final int VNI = 42;
    static final int ESP_PORT = 4500;

    final NamespaceWorkers workers = new NamespaceWorkers(Path.of("/proc/self/ns/net"));
    final List<NamespaceRef> hosts;
    final List<TestNetns> sandboxes = new ArrayList<>();
    final boolean ipv4;
    private final Map<VxlanEndpoint, VxlanSegment> segments = new HashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Goes on only where this user may make a TAP device. */
    static void assumeTap() {
        Path tun = Path.of("/dev/net/tun");
        assumeTrue(
                Files.notExists(tun) || Files.isWritable(tun),
                "/dev/net/tun is closed to this user; udev's own rule is chmod 666 /dev/net/tun");
    }

    Pair(Path directory, boolean ipv4) {
        this.ipv4 = ipv4;
        open.push(workers);
        TestNetns other = TestNetns.wired(directory, "host1", "u0", "u1");
        open.push(other);
        hosts = List.of(TestNetns.here(), other.ref());
        for (int i = 0; i < 2; i++) {
            TestNetns.runIn(
                    hosts.get(i),
                    "ip",
                    "address",
                    "add",
                    underlay(i) + (ipv4 ? "/24" : "/64"),
                    "dev",
                    "u" + i,
                    "nodad");
            TestNetns sandbox = TestNetns.create(directory, "sandbox" + i);
            open.push(sandbox);
            sandboxes.add(sandbox);
        }
    }

    /** Returns the address of a host. */
    String underlay(int i) {
        return (ipv4 ? "192.0.2." : "2001:db8::") + (i + 1);
    }

    /** Returns what the path carries, less the outer headers and what encryption adds. */
    int mtu() {
        return ipv4 ? 1400 : 1380; // room for ESP as well
    }

    /** Returns the key of this SPI, the same at each call. */
    static EspKey key(int spi) {
        return new EspKey(spi, material(spi));
    }

    /** Returns the octets of that key: cipher key, then salt. */
    static byte[] material(int spi) {
        byte[] material = new byte[EspKey.LENGTH];
        new Random(spi).nextBytes(material);
        return material;
    }

    static MacAddress mac(int i) {
        return new MacAddress(0x0200_0000_0a00L + i);
    }

    /** Returns the address of a sandbox. */
    static String inner(boolean ipv4, int i) {
        return (ipv4 ? "10.9.0." : "fd09::") + (i + 1);
    }

    /** Makes the kernel's VXLAN device the end of a host. */
    void kernel(int i) {
        TestNetns.runIn(
                hosts.get(i),
                "ip",
                "link",
                "add",
                "vx0",
                "address",
                mac(i).toString(),
                "mtu",
                "" + mtu(),
                "type",
                "vxlan",
                "id",
                "" + VNI,
                "dstport",
                "4789",
                "local",
                underlay(i),
                "nolearning",
                ipv4 ? "noudpcsum" : "udp6zerocsumrx");
        TestNetns.runIn(
                hosts.get(i), "bridge", "fdb", "append", "00:00:00:00:00:00", "dev", "vx0", "dst", underlay(1 - i));
        TestNetns.runIn(
                hosts.get(i),
                "ip",
                "link",
                "set",
                "vx0",
                "netns",
                sandboxes.get(i).path());
        sandboxes.get(i).run("ip", "link", "set", "vx0", "up");
        address(i, "vx0");
    }

    /** Makes ours the end of a host. Its table names the other sandbox. */
    VxlanEndpoint ours(int i) {
        return ours(i, VxlanOptions.at(IpAddress.parse(underlay(i))).in(hosts.get(i)));
    }

    VxlanEndpoint ours(int i, VxlanOptions options) {
        return segment(i, VxlanEndpoint.open(workers, options), options.port());
    }

    /** Makes ours, encrypted, the end of a host. */
    VxlanEndpoint encrypted(int i, EspKeys keys) {
        VxlanOptions options =
                VxlanOptions.at(IpAddress.parse(underlay(i))).in(hosts.get(i)).withPort(ESP_PORT);
        VxlanEndpoint endpoint = segment(i, VxlanEndpoint.openEncrypted(workers, options), ESP_PORT);
        endpoint.use(keys);
        return endpoint;
    }

    private VxlanEndpoint segment(int i, VxlanEndpoint endpoint, int port) {
        open.push(endpoint);
        VxlanSegment segment = endpoint.add(
                new SegmentOptions(VNI, "tap0", NamespaceRef.at(sandboxes.get(i).path()), mac(i), mtu()));
        segments.put(endpoint, segment);
        Vtep peer = new Vtep(IpAddress.parse(underlay(1 - i)), port);
        segment.table()
                .change(table -> table.put(mac(1 - i), peer)
                        .flood(peer)
                        .neighbour(IpAddress.parse(inner(true, 1 - i)), mac(1 - i)));
        address(i, "tap0");
        return endpoint;
    }

    /** Returns the segment of an endpoint made here. */
    VxlanSegment segmentOf(VxlanEndpoint endpoint) {
        return requireNonNull(segments.get(endpoint));
    }

    /** Runs ping in a sandbox; it must succeed. */
    void ping(int from, String... words) {
        var command = new ArrayList<>(List.of("ping", "-n", "-W", "5"));
        command.addAll(List.of(words));
        sandboxes.get(from).run(command.toArray(new String[0]));
    }

    /** Captures the wire at a host into a file, once it has begun; end it with destroy. */
    Process capture(int i, Path file) throws Exception {
        var builder = new ProcessBuilder("tshark", "-n", "-q", "-l", "-i", "u" + i, "-w", file.toString());
        builder.redirectErrorStream(true);
        Process process =
                new ProcessLauncher(workers).start(hosts.get(i), builder, Deadline.after(Duration.ofSeconds(30)));
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine();
                line != null && !line.contains("Capturing on");
                line = output.readLine()) {}
        ForkJoinPool.commonPool().execute(() -> output.lines().forEach(line -> {}));
        return process;
    }

    private void address(int i, String device) {
        sandboxes.get(i).run("ip", "address", "add", inner(true, i) + "/24", "dev", device);
        sandboxes.get(i).run("ip", "address", "add", inner(false, i) + "/64", "dev", device, "nodad");
    }

    /** Sends two echo requests of so many octets; all are answered. */
    void assertEchoes(int from, boolean overIpv4, int octets) {
        assertThat(echo(from, overIpv4, octets)).contains(" 0% packet loss");
    }

    /** Sends two echo requests of so many octets and returns what ping says. */
    String echo(int from, boolean overIpv4, int octets) {
        return TestNetns.execute(
                        sandboxes.get(from).ref(),
                        "ping",
                        "-n",
                        "-c",
                        "2",
                        "-i",
                        "0.2",
                        "-W",
                        "5",
                        "-s",
                        "" + octets,
                        inner(overIpv4, 1 - from))
                .output();
    }

    /** Sends octets over TCP from one sandbox to the other; tells whether they arrive as they were. */
    boolean carries(int from, boolean overIpv4, int octets) throws Exception {
        byte[] data = new byte[octets];
        new Random(octets).nextBytes(data);
        InetAddress at = InetAddress.getByName(inner(overIpv4, 1 - from));
        try (ServerSocket server = Namespaces.visit(sandboxes.get(1 - from).ref(), () -> new ServerSocket(0, 1, at));
                Socket client =
                        Namespaces.visit(sandboxes.get(from).ref(), () -> new Socket(at, server.getLocalPort()));
                Socket accepted = server.accept()) {
            CompletableFuture<byte[]> digest = CompletableFuture.supplyAsync(() -> digest(accepted));
            client.getOutputStream().write(data);
            client.shutdownOutput();
            return Arrays.equals(
                    digest.join(), MessageDigest.getInstance("SHA-256").digest(data));
        }
    }

    private static byte[] digest(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            var digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"));
            digest.transferTo(java.io.OutputStream.nullOutputStream());
            return digest.getMessageDigest().digest();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
