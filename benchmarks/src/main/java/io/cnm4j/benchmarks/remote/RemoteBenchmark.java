package io.cnm4j.benchmarks.remote;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.plugin.server.PluginServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An endpoint of a plug-in on a unix socket, made and joined, beside the two bare HTTP round trips that this needs; and an endpoint of a
 * bridge network while calls to a plug-in hang, beside the same while none does.
 */
public final class RemoteBenchmark {
    private static final int HANGING = 4;
    private static final double OTHERS_BUDGET = 1.2;

    private final boolean quick;
    private final BenchHost host;
    private final Path socket;
    private final Report report = new Report("remote");
    private int count;

    private RemoteBenchmark(boolean quick, BenchHost host, Path socket) {
        this.quick = quick;
        this.host = host;
        this.socket = socket;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(
                args,
                (quick, host) -> host.call(() -> new RemoteBenchmark(
                                quick, host, host.directory("plugins").resolve("still.sock"))
                        .run()));
    }

    private Report run() throws Exception {
        ControllerConfig config = new ControllerConfig.Builder()
                .from(host.config())
                .addPluginDirectories(socket.getParent())
                .callTimeout(Duration.ofSeconds(60))
                .build();
        var plugin = new StillPlugin();
        try (PluginServer server = PluginServer.start(socket, Optional.empty(), List.of(plugin));
                plugin;
                NetworkController controller = NetworkController.open(config)) {
            roundTrips(controller);
            others(controller);
        }
        return report;
    }

    private void roundTrips(NetworkController controller) throws Exception {
        Network network = controller.createNetwork(
                NetworkRequest.builder().name("remote").driver("still").build());
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("one"));
        var bare = new BareCall(socket);
        Samples ours = new Samples();
        Samples floor = new Samples();
        int warm = quick ? 200 : 2_000;
        for (int i = -warm; i < (quick ? 200 : 2_000); i++) {
            if (i == 0) {
                ours = new Samples();
                floor = new Samples();
            }
            long start = System.nanoTime();
            var endpoint = network.connect(sandbox, EndpointRequest.named("e" + i));
            ours.since(start);
            endpoint.disconnect();
            start = System.nanoTime();
            bare.post("NetworkDriver.CreateEndpoint");
            bare.post("NetworkDriver.Join");
            floor.since(start);
        }
        report.add(new Figure("remote.connect.p50", ours, floor, 0));
        report.remark("connect through a plug-in notes its effects in a store that survives the loss of power: "
                + "the floor does not");
        sandbox.delete();
        network.delete();
    }

    private void others(NetworkController controller) throws Exception {
        Network bridge = controller.createNetwork(NetworkRequest.named("bridge"));
        bridges(bridge, controller, quick ? 100 : 1_000); // warm
        var hanging = new ArrayList<Thread>();
        Samples ours = new Samples();
        Samples floor = new Samples();
        int half = quick ? 50 : 250;
        bridges(bridge, controller, half, floor);
        startHanging(controller, hanging);
        bridges(bridge, controller, 2 * half, ours);
        for (Thread thread : hanging) {
            thread.interrupt();
            thread.join();
        }
        bridges(bridge, controller, half, floor);
        report.add(new Figure("remote.others.p50", ours, floor, OTHERS_BUDGET));
        bridge.delete();
    }

    private void bridges(Network bridge, NetworkController controller, int times) {
        bridges(bridge, controller, times, new Samples());
    }

    private void bridges(Network bridge, NetworkController controller, int times, Samples into) {
        for (int i = 0; i < times; i++) {
            Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("c" + count++));
            long start = System.nanoTime();
            bridge.connect(sandbox, EndpointRequest.named("e"));
            into.since(start);
            sandbox.delete();
        }
    }

    private static void startHanging(NetworkController controller, List<Thread> into) {
        for (int i = 0; i < HANGING; i++) {
            NetworkRequest request = NetworkRequest.builder()
                    .name("hangs" + i)
                    .driver("still")
                    .putOptions("hang", "yes")
                    .build();
            var thread = new Thread(() -> {
                try {
                    controller.createNetwork(request);
                } catch (CnmException expected) {
                    return; // its deadline, or the interrupt
                }
            });
            thread.start();
            into.add(thread);
        }
    }
}
