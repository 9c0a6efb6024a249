package io.cnm4j.benchmarks.networks;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.plan.LinkSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What does it cost to create a network by size when thousands came out of the same base, and to connect to one, against the first of
 * them? Macvlan networks on one parent have nothing in the kernel of their own; a bridge network has a bridge, an address and a route.
 * Arguments: {@code --quick}, or the directory for the results.
 */
public final class NetworksBenchmark {
    private static final int NETWORKS = 10_000;
    private static final int SAMPLE = 100;
    private static final double BUDGET = 1.5; // about the cost of the first
    private static final String PARENT = "parent0";
    private static final List<AddressPool> BASE = List.of(AddressPool.of("10.0.0.0/8", 24));

    private final NetworkController controller;
    private final String driver;

    private NetworksBenchmark(NetworkController controller, String driver) {
        this.controller = controller;
        this.driver = driver;
    }

    /** What is measured of one driver. */
    private record Measures(Samples first, Samples last, Samples connectFirst, Samples connectLast) {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        var report = new Report("networks");
        for (String driver : List.of("macvlan", "bridge")) {
            int count = quick && driver.equals("bridge") ? NETWORKS / 10 : NETWORKS;
            var measures = new Measures(new Samples(), new Samples(), new Samples(), new Samples());
            few(driver, measures);
            many(driver, count, measures);
            String what = driver + "." + count;
            report.add(new Figure("networks.create." + what, measures.last(), measures.first(), BUDGET));
            report.add(new Figure("networks.connect." + what, measures.connectLast(), measures.connectFirst(), BUDGET));
        }
        report.print();
        if (args.length > 0 && !quick) {
            report.keep(Path.of(args[0]));
        }
    }

    /** All is compiled now; and what it costs to connect where there is one network. */
    private static void few(String driver, Measures measures) throws Exception {
        try (BenchHost host = BenchHost.make()) {
            host.call(() -> {
                makeParent();
                try (NetworkController controller = NetworkController.open(config(host))) {
                    var benchmark = new NetworksBenchmark(controller, driver);
                    benchmark.created(5 * SAMPLE, new Samples(), new Samples()).forEach(Network::delete);
                    Network one =
                            benchmark.created(1, new Samples(), new Samples()).get(0);
                    benchmark.connected(one, new Samples());
                    benchmark.connected(one, measures.connectFirst());
                    one.delete();
                }
                return true;
            });
        }
    }

    /** The host's namespace lets the kernel's part of all networks go at once. */
    private static void many(String driver, int count, Measures measures) throws Exception {
        try (BenchHost host = BenchHost.make()) {
            host.call(() -> {
                makeParent();
                try (NetworkController controller = NetworkController.open(config(host))) {
                    var benchmark = new NetworksBenchmark(controller, driver);
                    List<Network> networks = benchmark.created(count, measures.first(), measures.last());
                    benchmark.connected(networks.get(count - 1), measures.connectLast());
                }
                return true;
            });
        }
    }

    private static ControllerConfig config(BenchHost host) {
        return new ControllerConfig.Builder()
                .from(host.config())
                .addressPools(BASE)
                .build();
    }

    private static void makeParent() {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            var messages = new MessageBuilder();
            LinkMessages.make(messages, new LinkSpec.Bridge(PARENT, 1500, Optional.of(MacAddress.localUnicast(1)), ""));
            int errno = socket.send(messages).get(0).errno();
            if (errno != 0) {
                throw new IllegalStateException("no link could be made: errno " + errno);
            }
        }
    }

    /** Creates so many by size; measures the first and the last hundred. */
    private List<Network> created(int count, Samples first, Samples last) {
        var networks = new ArrayList<Network>();
        for (int i = 0; i < count; i++) {
            var request = NetworkRequest.builder()
                    .name(driver + i + "of" + count)
                    .driver(driver)
                    .addSubnets(SubnetRequest.of("0.0.0.0/25"));
            if (driver.equals("macvlan")) {
                request.putOptions("parent", PARENT);
            }
            NetworkRequest wish = request.build();
            long start = System.nanoTime();
            networks.add(controller.createNetwork(wish));
            if (i < SAMPLE) {
                first.since(start);
            } else if (i >= count - SAMPLE) {
                last.since(start);
            }
        }
        return networks;
    }

    private void connected(Network network, Samples samples) {
        var sandboxes = new ArrayList<Sandbox>();
        for (int i = 0; i < SAMPLE; i++) {
            sandboxes.add(controller.createSandbox(SandboxRequest.forContainer("c" + i)));
        }
        for (int i = 0; i < SAMPLE; i++) {
            EndpointRequest wish = EndpointRequest.named("e" + i);
            Sandbox sandbox = sandboxes.get(i);
            long start = System.nanoTime();
            network.connect(sandbox, wish);
            samples.since(start);
        }
        sandboxes.forEach(Sandbox::delete);
    }
}
