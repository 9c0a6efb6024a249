package io.cnm4j.benchmarks.vxlan;

import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What arrives through a tunnel, in turn through the bare link, the kernel's VXLAN, ours, ours encrypted, and a C program with the same
 * offloads; both hosts, both ends of each tunnel, client and server share the processors of this machine. Ratios are the rate of the
 * kernel or of the C program over ours: smaller is better.
 * Arguments: {@code --quick}, or the directory for the results.
 */
public final class TunnelBenchmark {
    private static final double TCP_BUDGET = 2; // half of the kernel's
    private static final double ENCRYPTED_BUDGET = 3.33;
    private static final double OF_C_BUDGET = 1.11; // 0.9 of the C program's
    private static final double SMALL_OF_C_BUDGET = 1.25; // 0.8 of it

    private final TwoHosts hosts;
    private final int rounds;
    private final int seconds;
    private final StringBuilder told = new StringBuilder();

    private TunnelBenchmark(TwoHosts hosts, boolean quick) {
        this.hosts = hosts;
        this.rounds = quick ? 2 : 5;
        this.seconds = quick ? 2 : 5;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        try (BenchHost host = BenchHost.make()) {
            String told;
            try (var hosts = new TwoHosts(host)) {
                told = new TunnelBenchmark(hosts, quick).run();
            }
            List<String> leaks = host.leaks();
            System.out.print(told);
            if (!leaks.isEmpty()) {
                throw new IllegalStateException("left over: " + leaks);
            }
            if (args.length > 0 && !quick) {
                Files.createDirectories(Path.of(args[0]));
                Files.writeString(Path.of(args[0]).resolve("tunnel.txt"), told);
            }
        }
    }

    private String run() throws IOException, InterruptedException {
        Map<TwoHosts.Way, Samples> tcp = measure(way -> hosts.tcp(way, seconds));
        Map<TwoHosts.Way, Samples> small = measure(way -> hosts.smallFrames(way, seconds));
        Map<TwoHosts.Way, Samples> ping = measure(hosts::latency);
        for (TwoHosts.Way way : hosts.ways()) {
            told.append(String.format(
                    Locale.ROOT,
                    "%-10s %8.2f Gbit/s TCP  %8.0f frames of 64 octets/s  %8.1f us round trip%n",
                    way.name().toLowerCase(Locale.ROOT),
                    median(tcp, way) / 1e9,
                    (double) median(small, way),
                    median(ping, way) / 1e3));
        }
        told.append(hosts.statistics()).append('\n');
        ratio("tcp", tcp, TwoHosts.Way.KERNEL, TwoHosts.Way.OURS, TCP_BUDGET);
        ratio("tcp.encrypted", tcp, TwoHosts.Way.KERNEL, TwoHosts.Way.ENCRYPTED, ENCRYPTED_BUDGET);
        ratio("64-octets", small, TwoHosts.Way.KERNEL, TwoHosts.Way.OURS, 0);
        ratio("64-octets.encrypted", small, TwoHosts.Way.KERNEL, TwoHosts.Way.ENCRYPTED, 0);
        if (hosts.ways().contains(TwoHosts.Way.C)) {
            ratio("tcp.in-c", tcp, TwoHosts.Way.KERNEL, TwoHosts.Way.C, 0);
            ratio("tcp.of-c", tcp, TwoHosts.Way.C, TwoHosts.Way.OURS, OF_C_BUDGET);
            ratio("64-octets.of-c", small, TwoHosts.Way.C, TwoHosts.Way.OURS, SMALL_OF_C_BUDGET);
        }
        return told.toString();
    }

    /** Something that a way is measured by. */
    private interface Measure {
        long of(TwoHosts.Way way) throws IOException, InterruptedException;
    }

    private Map<TwoHosts.Way, Samples> measure(Measure measure) throws IOException, InterruptedException {
        var samples = new EnumMap<TwoHosts.Way, Samples>(TwoHosts.Way.class);
        for (int round = 0; round < rounds; round++) {
            for (TwoHosts.Way way : hosts.ways()) {
                samples.computeIfAbsent(way, absent -> new Samples()).add(measure.of(way));
            }
        }
        return samples;
    }

    private static long median(Map<TwoHosts.Way, Samples> samples, TwoHosts.Way way) {
        Samples all = samples.get(way);
        return all == null ? 0 : all.quantile(0.5);
    }

    private void ratio(
            String name, Map<TwoHosts.Way, Samples> samples, TwoHosts.Way floor, TwoHosts.Way way, double budget) {
        double ratio = (double) median(samples, floor) / median(samples, way);
        told.append(String.format(
                Locale.ROOT,
                "tunnel.%s ratio=%.2f budget=%s%n",
                name,
                ratio,
                budget == 0 ? "none" : String.valueOf(budget)));
    }
}
