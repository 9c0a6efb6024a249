package io.cnm4j.benchmarks.remote;

import io.cnm4j.api.Endpoint;
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
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.driver.remote.client.Plugin;
import io.cnm4j.driver.remote.client.PluginHttp;
import io.cnm4j.driver.remote.client.PluginSearch;
import io.cnm4j.driver.remote.protocol.JoinAnswer;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.plugin.server.PluginServer;
import io.cnm4j.spi.host.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A call to a plug-in on a unix socket, and an endpoint of it made and joined, beside the bare HTTP round trips that these need. Then the
 * plug-in hangs at every call: opening a controller that has networks of it, and connecting to a bridge network while callers wait for it,
 * beside the same while it answers. Arguments: {@code --quick}, or the directory for the results.
 */
public final class RemoteBenchmark {
    private static final int HANGING = 4; // callers
    private static final int NETWORKS = 20; // of the plug-in while controllers are opened
    private static final double UNDELAYED = 1.2;

    private final boolean quick;
    private final Path socket;
    private final ControllerConfig config;
    private final Report report = new Report("remote");
    private final Samples openHanging = new Samples();
    private final Samples openAnswering = new Samples();
    private final Samples bridgeHanging = new Samples();
    private final Samples bridgeAnswering = new Samples();
    private int count;

    private RemoteBenchmark(boolean quick, BenchHost host) throws Exception {
        this.quick = quick;
        this.socket = host.directory("plugins").resolve("still.sock");
        this.config = new ControllerConfig.Builder()
                .from(host.config())
                .addPluginDirectories(socket.getParent())
                .callTimeout(Duration.ofSeconds(60))
                .build();
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(args, (quick, host) -> host.call(() -> new RemoteBenchmark(quick, host).run()));
    }

    private Report run() throws Exception {
        int half = quick ? 50 : 250;
        int opens = quick ? 10 : 50;
        try (PluginServer plugin = start()) {
            calls();
            try (NetworkController controller = NetworkController.open(config)) {
                connects(controller);
                populate(controller);
                bridges(controller, 2 * half, new Samples()); // warm
                bridges(controller, half, bridgeAnswering);
            }
            opens(opens / 2, new Samples()); // warm
            opens(opens, openAnswering);
        }
        try (DeafPlugin deaf = new DeafPlugin(socket)) {
            opens(2 * opens, openHanging);
            try (NetworkController controller = NetworkController.open(config)) {
                List<Thread> callers = callers(controller);
                bridges(controller, 2 * half, bridgeHanging);
                for (Thread caller : callers) {
                    caller.interrupt();
                    caller.join();
                }
            }
        }
        try (PluginServer plugin = start()) {
            opens(opens, openAnswering);
            try (NetworkController controller = NetworkController.open(config)) {
                bridges(controller, half, bridgeAnswering);
                remove(controller);
            }
        }
        report.add(new Figure("remote.open.hanging", openHanging, openAnswering, UNDELAYED));
        report.add(new Figure("remote.others.hanging", bridgeHanging, bridgeAnswering, UNDELAYED));
        return report;
    }

    private PluginServer start() {
        return PluginServer.start(socket, Optional.empty(), List.of(new StillPlugin()));
    }

    // ---- what it costs

    private void calls() throws Exception {
        int rounds = quick ? 500 : 5_000;
        var bare = new BareCall(socket);
        Samples ours = new Samples();
        Samples floor = new Samples();
        try (var http = new PluginHttp(1 << 20)) {
            var search = new PluginSearch(List.of(socket.getParent()), List.of());
            var plugin = new Plugin("still", search, http, Limits.USUAL, System::nanoTime, Map.of());
            for (int i = -rounds; i < rounds; i++) {
                if (i == 0) {
                    ours = new Samples();
                    floor = new Samples();
                }
                long start = System.nanoTime();
                plugin.call(Method.JOIN, BareCall.REQUEST, Deadline.after(Duration.ofSeconds(10)), JoinAnswer::read);
                ours.since(start);
                start = System.nanoTime();
                bare.post("NetworkDriver.Join");
                floor.since(start);
            }
        }
        report.add(new Figure("remote.call", ours, floor, 0));
    }

    private void connects(NetworkController controller) throws Exception {
        int rounds = quick ? 200 : 2_000;
        Network network = remote(controller, "remote");
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("one"));
        var bare = new BareCall(socket);
        Samples ours = new Samples();
        Samples floor = new Samples();
        for (int i = -rounds; i < rounds; i++) {
            if (i == 0) {
                ours = new Samples();
                floor = new Samples();
            }
            long start = System.nanoTime();
            Endpoint endpoint = network.connect(sandbox, EndpointRequest.named("e" + i));
            ours.since(start);
            endpoint.disconnect();
            start = System.nanoTime();
            bare.post("NetworkDriver.CreateEndpoint");
            bare.post("NetworkDriver.Join");
            floor.since(start);
        }
        report.add(new Figure("remote.connect", ours, floor, 0));
        report.remark(String.format(
                Locale.ROOT,
                "beyond the two round trips a connect takes %.3f ms: notes of the effects and records in two stores, and the sandbox' files",
                (ours.quantile(0.5) - floor.quantile(0.5)) / 1e6));
        sandbox.delete();
        network.delete();
    }

    // ---- what it costs others when it hangs

    private static Network remote(NetworkController controller, String name) {
        return controller.createNetwork(
                NetworkRequest.builder().name(name).driver("still").build());
    }

    private static void populate(NetworkController controller) {
        for (int i = 0; i < NETWORKS; i++) {
            remote(controller, "r" + i)
                    .connect(
                            controller.createSandbox(SandboxRequest.forContainer("r" + i)), EndpointRequest.named("e"));
        }
        controller.createNetwork(NetworkRequest.named("web"));
    }

    private static void remove(NetworkController controller) {
        controller.sandboxes().forEach(Sandbox::delete);
        controller.networks().forEach(network -> {
            network.endpoints().forEach(Endpoint::delete); // that left meanwhile
            network.delete();
        });
    }

    private void opens(int times, Samples into) {
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            try (NetworkController controller = NetworkController.open(config)) {
                into.since(start);
                if (controller.networks().size() != NETWORKS + 1) {
                    throw new IllegalStateException("networks are missing: " + controller.networks());
                }
            }
        }
    }

    private void bridges(NetworkController controller, int times, Samples into) {
        Network bridge = controller.networkByName("web");
        for (int i = 0; i < times; i++) {
            Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("c" + count++));
            long start = System.nanoTime();
            bridge.connect(sandbox, EndpointRequest.named("e"));
            into.since(start);
            sandbox.delete();
        }
    }

    /** Starts callers that wait for the plug-in until they are interrupted; returns when the first does. */
    private static List<Thread> callers(NetworkController controller) {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < HANGING; i++) {
            Endpoint endpoint = controller.networkByName("r" + i).endpointByName("e");
            var thread = new Thread(() -> {
                try {
                    endpoint.leave();
                } catch (CnmException expected) {
                    return; // the interrupt
                }
                throw new IllegalStateException("the plug-in answered");
            });
            thread.start();
            threads.add(thread);
        }
        return threads;
    }
}
