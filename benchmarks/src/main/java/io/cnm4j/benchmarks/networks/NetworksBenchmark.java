package io.cnm4j.benchmarks.networks;

import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import java.nio.file.Path;
import java.util.List;

/**
 * What does it cost to create a network by size when thousands came out of the same base, and to connect to one, against a host that has
 * few? By turns, so that both meet the same machine. Macvlan networks on one parent have nothing in the kernel of their own; a bridge
 * network has a bridge, an address and a route: what the kernel itself takes longer for among thousands is measured beside, with bare
 * calls. Arguments: {@code --quick}, or the directory for the results.
 */
public final class NetworksBenchmark {
    private static final int NETWORKS = 10_000;
    private static final int SAMPLE = 100;
    private static final int TO_COMPILE = 500;
    private static final double BUDGET = 1.5; // about the cost of the first

    private NetworksBenchmark() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        var report = new Report("networks");
        for (String driver : List.of("macvlan", "bridge")) {
            measure(driver, quick && driver.equals("bridge") ? NETWORKS / 10 : NETWORKS, report);
        }
        bare(quick ? NETWORKS / 10 : NETWORKS, report);
        report.print();
        if (args.length > 0 && !quick) {
            report.keep(Path.of(args[0]));
        }
    }

    private static void measure(String driver, int count, Report report) throws Exception {
        var few = new Samples();
        var many = new Samples();
        var connectFew = new Samples();
        var connectMany = new Samples();
        try (Networks small = Networks.open(driver);
                Networks large = Networks.open(driver)) {
            large.create(count - SAMPLE);
            small.create(TO_COMPILE);
            small.deleteAll();
            small.connect(SAMPLE, new Samples());
            for (int i = 0; i < SAMPLE; i++) {
                small.create(few);
                large.create(many);
            }
            for (int i = 0; i < SAMPLE; i += SAMPLE / 10) {
                small.connect(SAMPLE / 10, connectFew);
                large.connect(SAMPLE / 10, connectMany);
            }
        }
        report.add(new Figure("networks.create." + driver + "." + count, many, few, BUDGET));
        report.add(new Figure("networks.connect." + driver + "." + count, connectMany, connectFew, BUDGET));
    }

    private static void bare(int count, Report report) throws Exception {
        var few = new Samples();
        var many = new Samples();
        try (BareBridges small = BareBridges.open();
                BareBridges large = BareBridges.open()) {
            for (int i = 0; i < count - SAMPLE; i++) {
                large.create(new Samples());
            }
            for (int i = 0; i < SAMPLE; i++) {
                small.create(few);
                large.create(many);
            }
        }
        report.add(new Figure("networks.create.bare." + count, many, few, 0));
    }
}
