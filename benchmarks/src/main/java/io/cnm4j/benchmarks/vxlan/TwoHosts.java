package io.cnm4j.benchmarks.vxlan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.process.ProcessLauncher;
import io.cnm4j.linux.vxlan.SegmentOptions;
import io.cnm4j.linux.vxlan.Vtep;
import io.cnm4j.linux.vxlan.VxlanEndpoint;
import io.cnm4j.linux.vxlan.VxlanOptions;
import io.cnm4j.linux.vxlan.esp.EspKey;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two host namespaces on a wire, a sandbox on each, and all ways between the sandboxes at once. Closing it lets all go. */
final class TwoHosts implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MTU = 1400;
    private static final Path SOURCE = Path.of("benchmarks/src/main/c/tunnel.c");

    /** A way from one sandbox to the other; the number of it is in all addresses. */
    enum Way {
        BARE(1, 0),
        KERNEL(2, 4789),
        OURS(3, 5789),
        ENCRYPTED(4, 4500),
        C(5, 6789);

        private final int number;
        private final int port;

        Way(int number, int port) {
            this.number = number;
            this.port = port;
        }

        String address(int end) {
            return "10.77." + number + "." + (end + 1);
        }

        MacAddress mac(int end) {
            return new MacAddress(0x0200_0000_0000L | number << 8 | (end + 1));
        }
    }

    private final NamespaceWorkers workers;
    private final ProcessLauncher launcher;
    private final List<NamespaceRef> hosts = new ArrayList<>();
    private final List<NamespaceRef> sandboxes = new ArrayList<>();
    private final List<VxlanEndpoint> endpoints = new ArrayList<>();
    private final Set<Way> ways = EnumSet.of(Way.BARE, Way.KERNEL, Way.OURS, Way.ENCRYPTED);
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    TwoHosts(BenchHost host) throws IOException, InterruptedException {
        workers = new NamespaceWorkers(Path.of(host.namespace().path()));
        open.push(workers);
        launcher = new ProcessLauncher(workers);
        Path directory = host.directory("tunnel");
        for (int i = 0; i < 2; i++) {
            hosts.add(namespace(directory.resolve("host" + i)));
            sandboxes.add(namespace(directory.resolve("sandbox" + i)));
        }
        veth(hosts, "u", "192.0.2.");
        veth(sandboxes, "bare", "10.77.1.");
        for (int i = 0; i < 2; i++) {
            kernel(i);
        }
        ours(Way.OURS, EspKeys.NONE, EspKeys.NONE);
        var there = key(0x1000);
        var back = key(0x1001);
        ours(
                Way.ENCRYPTED,
                EspKeys.NONE.sendTo(host(1), there).receiveFrom(host(1), back),
                EspKeys.NONE.sendTo(host(0), back).receiveFrom(host(0), there));
        inC(directory);
        Process server = launcher.start(sandboxes.get(1), new ProcessBuilder("iperf3", "-s"), Deadline.after(LIMIT));
        open.push(() -> {
            server.destroy();
            server.waitFor();
        });
    }

    private static EspKey key(int spi) {
        byte[] material = new byte[EspKey.LENGTH];
        new SecureRandom().nextBytes(material);
        return new EspKey(spi, material);
    }

    private static IpAddress host(int i) {
        return IpAddress.parse("192.0.2." + (i + 1));
    }

    private NamespaceRef namespace(Path path) {
        NamespaceRef namespace = NamespaceRef.at(path.toString());
        workers.call(Deadline.after(LIMIT), () -> {
            Namespaces.create(namespace, Map.of(), KernelTap.NONE);
            return true;
        });
        open.push(() -> workers.call(Deadline.after(LIMIT), () -> {
            Namespaces.delete(namespace, KernelTap.NONE);
            return true;
        }));
        return namespace;
    }

    private void veth(List<NamespaceRef> ends, String name, String network) throws IOException, InterruptedException {
        run(
                ends.get(0),
                "ip",
                "link",
                "add",
                name,
                "type",
                "veth",
                "peer",
                "name",
                name,
                "netns",
                ends.get(1).path());
        for (int i = 0; i < 2; i++) {
            run(ends.get(i), "ip", "address", "add", network + (i + 1) + "/24", "dev", name);
            run(ends.get(i), "ip", "link", "set", name, "up");
        }
    }

    private void kernel(int i) throws IOException, InterruptedException {
        Way way = Way.KERNEL;
        run(
                hosts.get(i),
                "ip",
                "link",
                "add",
                "vx0",
                "address",
                way.mac(i).toString(),
                "mtu",
                "" + MTU,
                "type",
                "vxlan",
                "id",
                "7",
                "dstport",
                "" + way.port,
                "local",
                host(i).toString(),
                "nolearning");
        run(
                hosts.get(i),
                "bridge",
                "fdb",
                "append",
                "00:00:00:00:00:00",
                "dev",
                "vx0",
                "dst",
                host(1 - i).toString());
        run(hosts.get(i), "ip", "link", "set", "vx0", "netns", sandboxes.get(i).path());
        run(sandboxes.get(i), "ip", "link", "set", "vx0", "up");
        run(sandboxes.get(i), "ip", "address", "add", way.address(i) + "/24", "dev", "vx0");
    }

    private void ours(Way way, EspKeys... keys) throws IOException, InterruptedException {
        for (int i = 0; i < 2; i++) {
            VxlanOptions options = VxlanOptions.at(host(i)).in(hosts.get(i)).withPort(way.port);
            boolean encrypted = way == Way.ENCRYPTED;
            VxlanEndpoint endpoint =
                    encrypted ? VxlanEndpoint.openEncrypted(workers, options) : VxlanEndpoint.open(workers, options);
            open.push(endpoint);
            endpoints.add(endpoint);
            if (encrypted) {
                endpoint.use(keys[i]);
            }
            String device = "tap" + way.number;
            int end = i;
            Vtep peer = new Vtep(host(1 - i), way.port);
            endpoint.add(new SegmentOptions(7, device, sandboxes.get(i), way.mac(i), MTU))
                    .table()
                    .change(table -> table.put(way.mac(1 - end), peer).flood(peer));
            run(sandboxes.get(i), "ip", "address", "add", way.address(i) + "/24", "dev", device);
        }
    }

    /** A C program with the offloads that ours has, of one thread at each end: benchmarks/src/main/c/tunnel.c. */
    private void inC(Path directory) throws IOException, InterruptedException {
        Way way = Way.C;
        Path program = directory.resolve("tunnel");
        try {
            run(hosts.get(0), "cc", "-O3", "-march=native", "-o", program.toString(), SOURCE.toString());
        } catch (IOException noCompiler) {
            System.out.println("no floor in C: " + noCompiler.getMessage() + "; apt-get install gcc libc6-dev");
            return;
        }
        ways.add(way);
        for (int i = 0; i < 2; i++) {
            var command = new ProcessBuilder(
                    program.toString(),
                    host(i).toString(),
                    host(1 - i).toString(),
                    "" + way.port,
                    "7",
                    sandboxes.get(i).path(),
                    "c0");
            Process end = launcher.start(hosts.get(i), command.redirectErrorStream(true), Deadline.after(LIMIT));
            open.push(() -> {
                end.getOutputStream().close(); // it ends with its input
                end.waitFor();
            });
            String said = end.inputReader().readLine();
            if (!"ready".equals(said)) {
                throw new IllegalStateException(SOURCE + " says " + said);
            }
            String mac = way.mac(i).toString();
            run(sandboxes.get(i), "ip", "link", "set", "c0", "address", mac, "mtu", "" + MTU, "up");
            run(sandboxes.get(i), "ip", "address", "add", way.address(i) + "/24", "dev", "c0");
        }
    }

    /** Returns the ways that are there: without a compiler there is no program in C. */
    Set<Way> ways() {
        return ways;
    }

    /** Returns the bits a second that arrived over TCP. */
    long tcp(Way way, int seconds) throws IOException, InterruptedException {
        String report = run(sandboxes.get(0), "iperf3", "-J", "-t", "" + seconds, "-c", way.address(1));
        return (long) number("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.e+]+)", report);
    }

    /** Returns the datagrams of 64 octets a second that arrived. */
    long smallFrames(Way way, int seconds) throws IOException, InterruptedException {
        int payload = 64 - 14 - 20 - 8; // a frame of 64 octets
        String report = run(
                sandboxes.get(0),
                "iperf3",
                "-J",
                "-u",
                "-b",
                "0",
                "-l",
                "" + payload,
                "-t",
                "" + seconds,
                "-c",
                way.address(1));
        String sum = report.substring(report.lastIndexOf("\"sum\":"));
        double packets = number("\"packets\":\\s*([0-9]+)", sum);
        double lost = number("\"lost_packets\":\\s*([0-9]+)", sum);
        return (long) ((packets - lost) / seconds);
    }

    /** Returns the nanoseconds of a round trip on average. */
    long latency(Way way) throws IOException, InterruptedException {
        String report = run(sandboxes.get(0), "ping", "-n", "-q", "-c", "50", "-i", "0.01", way.address(1));
        return (long) (number("= [0-9.]+/([0-9.]+)/", report) * 1e6);
    }

    private static double number(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return Double.parseDouble(found.group(1));
    }

    /** Returns what our endpoints did. */
    String statistics() {
        return String.join(
                "\n",
                endpoints.stream().map(each -> each.statistics().toString()).toList());
    }

    private String run(NamespaceRef namespace, String... command) throws IOException, InterruptedException {
        Process process =
                launcher.start(namespace, new ProcessBuilder(command).redirectErrorStream(true), Deadline.after(LIMIT));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
