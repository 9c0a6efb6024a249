package io.cnm4j.benchmarks.publish;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.linux.LinuxControllerProvider;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.nftables.NftBatch;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.PortElements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What does it cost to publish 1, 32, 100 and 1,000 ports, beyond connecting without any, with nothing and with 10,000 published already?
 * Arguments: {@code --quick}, or the directory for the results.
 */
public final class PublishBenchmark {
    private static final double TIMES_THE_FLOOR = 1.5;
    private static final double TIMES_EMPTY = 1.2;
    private static final int PRESENT = 10_000;
    private static final int AT_ONCE = 1_000;
    private static final int FIRST = 20_000; // ports of the measurement
    private static final int PRESENT_FIRST = 30_000;
    private static final IpAddress CONTAINER = IpAddress.parse("172.17.0.2");

    private final int times;
    private final BenchHost host;
    private final Report report = new Report("publish");

    private PublishBenchmark(boolean quick, BenchHost host) {
        this.times = quick ? 20 : 60;
        this.host = host;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        try (BenchHost host = BenchHost.make()) {
            Report report = new PublishBenchmark(quick, host).run();
            List<String> leaks = host.leaks();
            report.print();
            if (!leaks.isEmpty()) {
                throw new IllegalStateException("left over: " + leaks);
            }
            if (args.length > 0 && !quick) {
                report.keep(Path.of(args[0]));
            }
        }
    }

    private Report run() throws Exception {
        try (NetworkController controller = new LinuxControllerProvider().open(host.config())) {
            Network network = controller.createNetwork(NetworkRequest.named("web"));
            Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("measured"));
            for (int i = 0; i < times; i++) {
                endpoint(network, sandbox, i % 2 * 100); // warm
            }
            for (int count : new int[] {1, 100, 1_000}) {
                report.add(new Figure(
                        "publish.ports." + count, ours(network, sandbox, count), floor(count), TIMES_THE_FLOOR));
            }
            Samples empty = ours(network, sandbox, 32);
            long before = resident();
            for (int i = 0; i < PRESENT / AT_ONCE; i++) {
                Network one = controller.createNetwork(NetworkRequest.named("crowd" + i));
                Sandbox crowd = controller.createSandbox(SandboxRequest.forContainer("crowd" + i));
                one.connect(crowd, request("crowd", PRESENT_FIRST + i * AT_ONCE, AT_ONCE));
            }
            report.remark(String.format(
                    Locale.ROOT,
                    "%d ports published: the process has grown by %.1f MiB",
                    PRESENT,
                    (resident() - before) / 1024.0));
            report.add(new Figure("publish.32.beside." + PRESENT, ours(network, sandbox, 32), empty, TIMES_EMPTY));
            controller.sandboxes().forEach(Sandbox::delete);
            controller.networks().forEach(Network::delete);
        }
        return report;
    }

    private Samples ours(Network network, Sandbox sandbox, int count) {
        var samples = new Samples();
        for (int i = 0; i < times; i++) {
            long without = endpoint(network, sandbox, 0);
            samples.add(Math.max(1, endpoint(network, sandbox, count) - without));
        }
        return samples;
    }

    /** Returns the nanoseconds that connecting took. */
    private static long endpoint(Network network, Sandbox sandbox, int count) {
        EndpointRequest request = request("measured", FIRST, count);
        long start = System.nanoTime();
        Endpoint endpoint = network.connect(sandbox, request);
        long took = System.nanoTime() - start;
        endpoint.disconnect();
        return took;
    }

    private static EndpointRequest request(String name, int first, int count) {
        return EndpointRequest.builder()
                .name(name)
                .publish(IntStream.range(0, count)
                        .mapToObj(i -> PublishedPort.parse("0.0.0.0:" + (first + i) + ":" + (1 + i)))
                        .toList())
                .build();
    }

    /** The same elements in a table of the same form, in another namespace's place: a table of its own. */
    private Samples floor(int count) throws Exception {
        return host.call(() -> {
            var samples = new Samples();
            FirewallTable table = HostFirewall.table("floor");
            try (NetlinkSocket netfilter = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
                commit(new NftBatch().add(table), netfilter);
                List<FirewallElement> elements = elements(count);
                for (int i = 0; i < times; i++) {
                    long start = System.nanoTime();
                    commit(new NftBatch().add(table, elements), netfilter);
                    samples.since(start);
                    commit(new NftBatch().delete(table, elements), netfilter);
                }
                commit(new NftBatch().delete(table), netfilter);
            }
            return samples;
        });
    }

    private static void commit(NftBatch batch, NetlinkSocket netfilter) {
        batch.commit(netfilter).ifPresent(refused -> {
            throw new IllegalStateException("the floor was refused: " + refused);
        });
    }

    private static List<FirewallElement> elements(int count) {
        var elements = new ArrayList<FirewallElement>();
        for (int i = 0; i < count; i++) {
            var inside = new ContainerPorts(TransportProtocol.TCP, PortRange.of(1 + i));
            elements.addAll(PortElements.translated(
                    new PortMapping(IpAddress.ipv4(0), PortRange.of(FIRST + i), inside), CONTAINER));
        }
        return elements;
    }

    /** Returns the resident size of this process in KiB, proc(5). */
    private static long resident() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
