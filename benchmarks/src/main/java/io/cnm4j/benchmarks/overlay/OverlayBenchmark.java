package io.cnm4j.benchmarks.overlay;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ClusterConfig;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.kvstore.etcd.EtcdStoreProvider;
import io.cnm4j.linux.LinuxControllerProvider;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast is an overlay network beside hand-made kernel VXLAN and the bare link, what does encryption cost, and how soon is a new
 * endpoint reached from another host, beside a round trip to the store? Needs etcd and iperf3. Arguments: {@code --quick}, or the directory for the results.
 */
public final class OverlayBenchmark {
    private static final double THROUGHPUT = 1 / 0.97; // time for the same octets
    private static final Pattern RECEIVED =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*?\"bits_per_second\":\\s*([0-9.e+]+)");

    private final boolean quick;
    private final Report report = new Report("overlay");

    private OverlayBenchmark(boolean quick) {
        this.quick = quick;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        var benchmark = new OverlayBenchmark(quick);
        try (BenchHost one = BenchHost.make()) {
            try (BenchHost two = BenchHost.make()) {
                benchmark.run(one, two);
                Shell.ip(one.namespace().path(), "link del eth0");
                benchmark.report.print();
                BenchHost.require(two.leaks());
            }
            BenchHost.require(one.leaks());
        }
        if (args.length > 0 && !quick) {
            benchmark.report.keep(Path.of(args[0]));
        }
    }

    private void run(BenchHost one, BenchHost two) throws Exception {
        wire(one, two);
        int port = freePort();
        Process etcd = etcd(one.directory("etcd"), port);
        try (var floor = new HandMade(one.directory("floor"));
                NetworkController first = open(one, 1, port);
                NetworkController second = open(two, 2, port)) {
            Network here = first.createNetwork(
                    NetworkRequest.builder().name("net").driver("overlay").build());
            Network there = second.createNetworkIfAbsent(
                    NetworkRequest.builder().name("net").driver("overlay").build());
            Sandbox server = first.createSandbox(SandboxRequest.forContainer("server"));
            Sandbox client = second.createSandbox(SandboxRequest.forContainer("client"));
            String address = here.connect(server, EndpointRequest.named("server"))
                    .inspect()
                    .address(Family.IPV4)
                    .orElseThrow()
                    .toString();
            there.connect(client, EndpointRequest.named("client"));
            String floorServer = floor.side(one.namespace().path(), 1);
            String floorClient = floor.side(two.namespace().path(), 2);
            throughput(
                    server.namespacePath().toString(),
                    client.namespacePath().toString(),
                    address,
                    floorServer,
                    floorClient);
            bare(one.namespace().path(), two.namespace().path());
            storeRoundTrip(port);
            reach(first, second, here, client);
            server.delete();
            client.delete();
            here.delete();
            encrypted(first, second);
        } finally {
            etcd.destroyForcibly().waitFor();
        }
    }

    private static void wire(BenchHost one, BenchHost two) throws Exception {
        Shell.ip(
                one.namespace().path(),
                "link add eth0 type veth peer name eth0 netns "
                        + two.namespace().path(),
                "link set eth0 up",
                "address add 10.88.0.1/24 dev eth0");
        Shell.ip(two.namespace().path(), "link set eth0 up", "address add 10.88.0.2/24 dev eth0");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process etcd(Path directory, int port) throws IOException, InterruptedException {
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + freePort();
        Process etcd = new ProcessBuilder(
                        "etcd",
                        "--data-dir",
                        directory.toString(),
                        "--listen-client-urls",
                        client,
                        "--advertise-client-urls",
                        client,
                        "--listen-peer-urls",
                        peer,
                        "--initial-advertise-peer-urls",
                        peer,
                        "--initial-cluster",
                        "default=" + peer,
                        "--logger=zap",
                        "--log-level=error")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        for (int i = 0; i < 500; i++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return etcd;
            } catch (IOException notYet) {
                Thread.sleep(20);
            }
        }
        throw new IOException("etcd does not answer; .ci/setup installs it");
    }

    private static NetworkController open(BenchHost host, int number, int port) {
        return new LinuxControllerProvider()
                .open(new ControllerConfig.Builder()
                        .from(host.config())
                        .cluster(ClusterConfig.builder()
                                .address(IpAddress.parse("10.88.0." + number))
                                .store(address(port))
                                .build())
                        .build());
    }

    private static StoreAddress address(int port) {
        return StoreAddress.builder()
                .store("etcd")
                .servers(List.of("127.0.0.1:" + port))
                .build();
    }

    private void throughput(String server, String client, String address, String floorServer, String floorClient)
            throws Exception {
        for (boolean small : new boolean[] {false, true}) {
            var ours = new Samples();
            var theirs = new Samples();
            for (int round = 0; round < (quick ? 4 : 10); round++) { // in turns, each first as often as the other
                if (round % 2 == 0) {
                    ours.add(nanosForAGigabyte(server, client, address, small));
                }
                theirs.add(nanosForAGigabyte(floorServer, floorClient, HandMade.ADDRESS + "1", small));
                if (round % 2 == 1) {
                    ours.add(nanosForAGigabyte(server, client, address, small));
                }
            }
            report.add(new Figure(small ? "small" : "tcp", ours, theirs, THROUGHPUT));
        }
    }

    private long nanosForAGigabyte(String server, String client, String address, boolean small) throws Exception {
        Process listening = Shell.start(server, "iperf3", "-s", "-1");
        try {
            awaitListening(server);
            String seconds = quick ? "1" : "3";
            String answer = small
                    ? Shell.run(client, "iperf3", "-c", address, "-J", "-t", seconds, "-u", "-b", "0", "-l", "64")
                    : Shell.run(client, "iperf3", "-c", address, "-J", "-t", seconds);
            Matcher received = RECEIVED.matcher(answer);
            if (!received.find()) {
                throw new IOException("iperf3 said: " + answer);
            }
            return (long) (8e18 / Double.parseDouble(received.group(1)));
        } finally {
            listening.destroyForcibly().waitFor();
        }
    }

    private static void awaitListening(String namespace) throws Exception {
        while (!Shell.run(namespace, "ss", "-ltnH").contains(":5201")) {
            Thread.sleep(5);
        }
    }

    private void bare(String server, String client) throws Exception {
        remark("the bare link", server, client, "10.88.0.1");
    }

    private void encrypted(NetworkController first, NetworkController second) throws Exception {
        var request = NetworkRequest.builder()
                .name("sealed")
                .driver("overlay")
                .putOptions("encrypted", "")
                .build();
        Network here = first.createNetwork(request);
        Sandbox server = first.createSandbox(SandboxRequest.forContainer("server"));
        Sandbox client = second.createSandbox(SandboxRequest.forContainer("client"));
        here.connect(server, EndpointRequest.named("server"));
        second.createNetworkIfAbsent(request).connect(client, EndpointRequest.named("client"));
        InetAddress address = InetAddress.getByName(server.endpoints()
                .get(0)
                .inspect()
                .address(Family.IPV4)
                .orElseThrow()
                .toString());
        while (!client.call(() -> answers(address))) {
            Thread.onSpinWait();
        }
        remark(
                "an encrypted overlay",
                server.namespacePath().toString(),
                client.namespacePath().toString(),
                address.getHostAddress());
        server.delete();
        client.delete();
        here.delete();
    }

    private void remark(String what, String server, String client, String address) throws Exception {
        var all = new Samples();
        for (int round = 0; round < (quick ? 3 : 9); round++) {
            all.add(nanosForAGigabyte(server, client, address, false));
        }
        report.remark(String.format(Locale.ROOT, "tcp, a gigabyte by %s: %s ms", what, all));
    }

    private void storeRoundTrip(int port) {
        var samples = new Samples();
        try (KeyValueStore store = new EtcdStoreProvider().connect(address(port))) {
            for (int i = 0; i < (quick ? 50 : 500); i++) {
                long start = System.nanoTime();
                store.commit(List.of(new Write.Put("benchmark", new byte[100], Write.ANY)));
                samples.since(start);
            }
            store.commit(List.of(new Write.Delete("benchmark", Write.ANY)));
        }
        report.remark(String.format(Locale.ROOT, "a commit to the store: %s ms", samples));
    }

    /** From the beginning of a connect on one host to the first answer on the other. */
    private void reach(NetworkController first, NetworkController second, Network network, Sandbox client)
            throws Exception {
        var samples = new Samples();
        var connects = new Samples();
        for (int i = 0; i < (quick ? 20 : 100); i++) {
            Sandbox fresh = first.createSandbox(SandboxRequest.forContainer("fresh" + i));
            long start = System.nanoTime();
            InetAddress address = InetAddress.getByName(network.connect(fresh, EndpointRequest.named("fresh" + i))
                    .inspect()
                    .address(Family.IPV4)
                    .orElseThrow()
                    .toString());
            connects.since(start);
            while (!client.call(() -> answers(address))) {
                Thread.onSpinWait();
            }
            samples.since(start);
            fresh.delete();
        }
        report.remark(String.format(
                Locale.ROOT,
                "connect on one host, fresh endpoint: %s ms; until it answers another host: %s ms",
                connects,
                samples));
        if (second.networks().isEmpty()) {
            throw new IllegalStateException("the second host lost the network");
        }
    }

    /** A refused connection is an answer too. */
    private static boolean answers(InetAddress address) {
        try (var socket = new Socket()) {
            socket.connect(new java.net.InetSocketAddress(address, 9), 5);
            return true;
        } catch (java.net.ConnectException refused) {
            return true;
        } catch (IOException silent) {
            return false;
        }
    }
}
