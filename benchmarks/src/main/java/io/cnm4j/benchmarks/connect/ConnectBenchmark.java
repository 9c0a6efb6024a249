package io.cnm4j.benchmarks.connect;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.NetworkController;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.benchmarks.Undisturbed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What does it cost to connect a fresh sandbox to a bridge and to remove it, beyond what the kernel itself takes, and does that grow with
 * the endpoints that are there? In one call, and apart: first the sandbox, then its network. Arguments: {@code --quick}, or the directory for the results.
 */
public final class ConnectBenchmark {
    private static final double CONNECT_BUDGET = 1.3;
    private static final double REMOVE_BUDGET = 1.5;
    private static final int FIRST = 100;
    private static final int WARM = 10_000; // what is called once a connect is compiled for good after some 5,000
    private static final int WIDTH = 8;
    private static final int MANY = 1 << 20; // numbers from here on belong to the crowd

    private final boolean quick;
    private final BenchHost host;
    private final Report report = new Report("connect");
    private final Undisturbed undisturbed = new Undisturbed();
    private int crowd;

    private ConnectBenchmark(boolean quick, BenchHost host) {
        this.quick = quick;
        this.host = host;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(args, (quick, host) -> host.call(() -> new ConnectBenchmark(quick, host).run()));
    }

    private Report run() throws Exception {
        try (NetworkController controller = NetworkController.open(host.config());
                Links links = new Links()) {
            oneBridge(controller, links);
            fiveBridges(controller, links);
        }
        report.remark(undisturbed.toString());
        return report;
    }

    private void oneBridge(NetworkController controller, Links links) throws Exception {
        try (Bridge bridge = bridge(controller, 1, links);
                Floor floor = bridge.floor()) {
            var all = Undisturbed.orNot();
            var first = new Contest(List.of(bridge), List.of(floor), links, all, 0);
            first.oneAtATime(FIRST);
            report.remark("the first " + FIRST + " connects of a process: p50 and p99 in ms" + first.times.connect);
            new Contest(List.of(bridge), List.of(floor), links, all, 0).oneAtATime(quick ? 1_000 : WARM);
            var medians = new ArrayList<Samples>();
            int there = 0;
            for (int size : List.of(1, 100, 900)) {
                while (there < size) {
                    join(bridge);
                    there++;
                }
                var contest = new Contest(List.of(bridge), List.of(floor), links, undisturbed, 0);
                contest.oneAtATime(quick ? 100 : 1_000);
                figures(contest.times, String.valueOf(size));
                medians.add(contest.times.connect);
                medians.add(contest.times.bareConnect);
            }
            report.remark(String.format(
                    Locale.ROOT,
                    "connect at 900 endpoints costs %.2f of connect at 1; the floor %.2f",
                    (double) medians.get(4).quantile(0.5) / medians.get(0).quantile(0.5),
                    (double) medians.get(5).quantile(0.5) / medians.get(1).quantile(0.5)));
            var alone = new Contest(List.of(bridge), List.of(floor), links, undisturbed, 0);
            alone.letGo(quick ? 20 : 200);
            report.remark("letting a namespace go without cutting it off from its bridge: p50 and p99 in ms"
                    + alone.bareLetGo);
            yardstick(bridge);
            leave(bridge, there);
            parallel(bridge, links);
        }
    }

    private void figures(Contest.Times times, String size) {
        report.add(new Figure("connect.p50." + size, times.connect, times.bareConnect, CONNECT_BUDGET));
        report.add(new Figure("apart.p50." + size, times.apart, times.bareConnect, CONNECT_BUDGET));
        report.add(new Figure("remove.p50." + size, times.remove, times.bareRemove, REMOVE_BUDGET));
    }

    private Bridge bridge(NetworkController controller, int number, Links links) throws Exception {
        return new Bridge(
                controller, "10." + number + ".0.0/16", host.directory("floor").toString(), links);
    }

    private Endpoint join(Bridge bridge) {
        return bridge.connect(MANY + crowd++);
    }

    /** Removes the last sandboxes that joined and waits until the kernel has let them go. */
    private void leave(Bridge bridge, int count) {
        for (int i = 0; i < count; i++) {
            bridge.remove(MANY + --crowd);
        }
    }

    private void yardstick(Bridge bridge) throws Exception {
        Samples samples = bridge.ipBatch(host.directory("batch")).connects(quick ? 5 : 20);
        report.remark(
                samples.count() == 0
                        ? "ip -batch: there is no ip(8) here; apt-get install iproute2"
                        : "ip -batch, two processes a sandbox, at 900 endpoints: p50 and p99 in ms" + samples);
    }

    private void parallel(Bridge bridge, Links links) throws Exception {
        int threads = Math.min(WIDTH, Runtime.getRuntime().availableProcessors());
        ExecutorService callers = Executors.newFixedThreadPool(WIDTH);
        ExecutorService loops = Executors.newFixedThreadPool(threads);
        var floors = new ArrayList<Floor>();
        try {
            for (int i = 0; i < threads; i++) {
                floors.add(bridge.floor());
            }
            new Contest(List.of(bridge), floors, links, Undisturbed.orNot(), 0)
                    .atOnce(quick ? 5 : 50, WIDTH, callers, loops); // warm
            var contest = new Contest(List.of(bridge), floors, links, undisturbed, 0);
            contest.atOnce(quick ? 20 : 200, WIDTH, callers, loops);
            figures(contest.times, WIDTH + "-at-once");
        } finally {
            callers.shutdown();
            loops.shutdown();
            floors.forEach(Floor::close);
        }
    }

    private void fiveBridges(NetworkController controller, Links links) throws Exception {
        var bridges = new ArrayList<Bridge>();
        var floors = new ArrayList<Floor>();
        for (int i = 0; i < 5; i++) {
            bridges.add(bridge(controller, 2 + i, links));
            floors.add(bridges.get(i).floor());
            for (int n = 0; n < 200; n++) {
                join(bridges.get(i));
            }
        }
        var contest = new Contest(bridges, floors, links, undisturbed, 0);
        contest.oneAtATime(quick ? 100 : 1_000);
        figures(contest.times, "5x200");
        for (int i = 4; i >= 0; i--) {
            leave(bridges.get(i), 200);
            floors.get(i).close();
            bridges.get(i).close();
        }
    }
}
