package io.cnm4j.benchmarks.restart;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.linux.LinuxControllerProvider;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What does it cost to open a controller when sandboxes and endpoints are there and nothing has changed, and how long does it take to
 * remove those of containers that are dead? Arguments: {@code --quick}, or the directory for the results.
 */
public final class RestartBenchmark {
    private static final int ON_A_BRIDGE = 500; // a bridge has at most 1,023 ports
    private static final int STALE = 1_000;
    private static final double OPEN_SECONDS = 0.5; // with 1,000 endpoints
    private static final double STALE_SECONDS = 2;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final boolean quick;
    private final BenchHost host;
    private final ControllerConfig config;
    private final Report report = new Report("restart");
    private int there;

    private RestartBenchmark(boolean quick, BenchHost host) {
        this.quick = quick;
        this.host = host;
        this.config = new ControllerConfig.Builder()
                .from(host.config())
                .callTimeout(LIMIT)
                .build();
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(args, (quick, host) -> new RestartBenchmark(quick, host).run());
    }

    private Report run() throws Exception {
        measure(0, 50); // warm
        for (int size : quick ? List.of(0, 100, 1_000) : List.of(0, 100, 1_000, 5_000)) {
            grow(size);
            measure(size, size > STALE ? 5 : 10);
        }
        shrink(STALE);
        stale();
        return report;
    }

    private void grow(int size) {
        try (NetworkController controller = new LinuxControllerProvider().open(config)) {
            for (; there < size; there++) {
                Network network = controller.createNetworkIfAbsent(NetworkRequest.named("n" + there / ON_A_BRIDGE));
                Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("c" + there));
                network.connect(sandbox, EndpointRequest.named("e" + there));
            }
        }
    }

    private void shrink(int size) {
        try (NetworkController controller = new LinuxControllerProvider().open(config)) {
            for (; there > size; there--) {
                controller.sandboxByContainer("c" + (there - 1)).delete();
            }
        }
    }

    private void measure(int size, int times) throws Exception {
        var ours = new Samples();
        var bare = new Samples();
        long memory = 0;
        for (int i = 0; i < times; i++) {
            long before = usedMemory();
            var count = new WriteCount();
            long start = System.nanoTime();
            try (NetworkController controller = new LinuxControllerProvider(count).open(config)) {
                ours.since(start);
                memory = usedMemory() - before;
                require(count.writes() == 0, count.writes() + " writes though nothing had changed");
                require(controller.sandboxes().size() == size, "not all sandboxes were kept");
            }
            try (Floor floor = floor()) {
                long bareStart = System.nanoTime();
                floor.run();
                bare.since(bareStart);
            }
        }
        if (times > 10) {
            return;
        }
        report.add(new Figure("restart.open." + size, ours, bare, 0));
        report.remark(String.format(
                Locale.ROOT,
                "open with %d endpoints: %.3f s, in a fresh JVM %.3f s, budget %s; kernel writes 0; heap %.1f MiB",
                size,
                ours.quantile(0.5) / 1e9,
                Opening.inFreshJvm(config) / 1e9,
                size == STALE ? OPEN_SECONDS + " s" : "none",
                memory / 1048576.0));
        require(size > STALE || ours.quantile(0.5) / 1e9 < OPEN_SECONDS, "the budget of opening is not kept");
    }

    private Floor floor() {
        try (NetworkController controller = new LinuxControllerProvider().open(config)) {
            return new Floor(config, controller.id().shortForm(), controller.sandboxes());
        }
    }

    private void stale() throws Exception {
        var ours = new Samples();
        long start = System.nanoTime();
        try (NetworkController controller = new LinuxControllerProvider().open(Opening.withoutContainers(config))) {
            ours.since(start);
            require(controller.sandboxes().isEmpty(), "sandboxes of dead containers were kept");
            controller.networks().forEach(Network::delete);
        }
        report.add(new Figure("restart.stale." + STALE, ours, new Samples(), 0));
        double seconds = ours.quantile(0.5) / 1e9;
        report.remark(String.format(
                Locale.ROOT,
                "removing %d stale sandboxes at open: %.3f s, budget %s s",
                STALE,
                seconds,
                STALE_SECONDS));
        List<String> leaks = host.leaks();
        report.remark(String.format(
                Locale.ROOT,
                "until the kernel had cleaned up behind them: %.3f s, left over: %d",
                (System.nanoTime() - start) / 1e9,
                leaks.size()));
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new IllegalStateException(otherwise);
        }
    }
}
