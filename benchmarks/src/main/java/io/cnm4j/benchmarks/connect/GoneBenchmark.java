package io.cnm4j.benchmarks.connect;

import io.cnm4j.api.NetworkController;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.benchmarks.Undisturbed;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * How long is it until the kernel has let go of many sandboxes that were removed one after the other? Apart from connects: the kernel waits
 * here for processors that are kept awake. Arguments: {@code --quick}, or the directory for the results.
 */
public final class GoneBenchmark {
    private static final double BUDGET = 1.5;
    private static final int GONE = 200;

    private GoneBenchmark() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(args, (quick, host) -> host.call(() -> run(quick, host)));
    }

    private static Report run(boolean quick, BenchHost host) throws Exception {
        var report = new Report("gone");
        try (NetworkController controller = NetworkController.open(host.config());
                Links links = new Links();
                Bridge bridge = new Bridge(
                        controller, "10.1.0.0/16", host.directory("floor").toString(), links);
                Floor floor = bridge.floor()) {
            new Contest(List.of(bridge), List.of(floor), links, Undisturbed.orNot(), GONE)
                    .oneAtATime(quick ? 100 : 2_000); // warm
            var ours = new Samples();
            var bare = new Samples();
            for (int round = 0; round < (quick ? 2 : 10); round++) {
                round(i -> Bridge.hostLink(bridge.connect(i)), bridge::remove, links, ours);
                round(i -> connected(floor, i), floor::remove, links, bare);
            }
            report.add(new Figure("gone.p50." + GONE, ours, bare, BUDGET));
        }
        return report;
    }

    private static String connected(Floor floor, int number) {
        floor.connect(number);
        return Floor.hostLink(number);
    }

    /** Connects sandboxes, and takes the time from the first removal until the last of their links is gone. */
    private static void round(IntFunction<String> connect, IntConsumer remove, Links links, Samples into) {
        List<String> names = IntStream.range(0, GONE).mapToObj(connect).toList();
        long start = System.nanoTime();
        for (int i = 0; i < GONE; i++) {
            remove.accept(i);
        }
        links.awaitGone(names);
        into.since(start);
    }
}
