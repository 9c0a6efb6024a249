package io.cnm4j.benchmarks.ports;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.benchmarks.Undisturbed;
import io.cnm4j.linux.LinuxControllerProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What does it cost to publish 1, 32, 100 and 1,000 ports, beyond connecting without any, with nothing, 1,000 and 10,000 published
 * already? And a packet through one of them, with 10 and with 10,000? Each round connects fresh sandboxes, two with ports and two
 * without, and lets the floor publish: see {@link Floor}. A record is written for all, so that the store is not in the difference. Arguments: {@code --quick}, or the directory for the results.
 */
public final class PortsBenchmark {
    private static final double TIMES_THE_FLOOR = 1.5;
    private static final double TIMES_EMPTY = 1.2;
    private static final double MOST_MEBIBYTES = 50;
    private static final int[] COUNTS = {1, 32, 100, 1_000};
    private static final int[] PRESENT = {0, 1_000, 10_000};
    private static final int MOST_PRESENT = 10_000;
    private static final int AT_ONCE = 1_000;
    private static final int FIRST = 20_000; // ports of the measurement
    private static final int PRESENT_FIRST = 30_000;
    private static final int FLOWS_FIRST = 19_000;
    private static final int FLOWS = 10_000; // of each kind: fewer than the kernel remembers at a time
    private static final int WIDTH = 64;
    private static final int WARM =
            12_000; // connects, every other with ports: what publishes is compiled for good after some 5,000
    private static final int WARM_EACH = 100; // rounds of each number

    private final boolean quick;
    private final BenchHost host;
    private final Report report = new Report("ports");
    private final Undisturbed undisturbed = new Undisturbed();
    private final List<Runnable> crowd = new ArrayList<>(); // ends what is present
    private int number;

    private PortsBenchmark(boolean quick, BenchHost host) {
        this.quick = quick;
        this.host = host;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(args, (quick, host) -> host.call(() -> new PortsBenchmark(quick, host).run()));
    }

    private Report run() throws Exception {
        try (NetworkController controller = new LinuxControllerProvider().open(host.config())) {
            Network network = controller.createNetwork(NetworkRequest.named("web"));
            warm(controller, network, WARM / (quick ? 10 : 1));
            for (int count : COUNTS) {
                measure(controller, network, count, WARM_EACH, Undisturbed.orNot());
            }
            publishing(controller, network);
            Flows.Times many = flows(controller, MOST_PRESENT);
            crowd.forEach(Runnable::run);
            Flows.Times few = flows(controller, 0);
            report.bound(
                    "ports.flow.beside." + MOST_PRESENT,
                    (double) many.first.quantile(0.5) / few.first.quantile(0.5) / TIMES_EMPTY,
                    "the first datagram of a flow, against the same with 10 ports published");
            atOnce(controller, network);
            controller.sandboxes().forEach(Sandbox::delete);
            controller.networks().forEach(Network::delete);
        }
        report.remark(undisturbed.toString());
        return report;
    }

    private void publishing(NetworkController controller, Network network) throws Exception {
        var alone = new Contest();
        long resident = resident();
        long live = live();
        for (int present : PRESENT) {
            gather(controller, present);
            if (present == MOST_PRESENT) {
                remember((live() - live) / 1048576.0 + (resident() - resident) / 1024.0);
            }
            for (int count : COUNTS) {
                Contest contest = measure(controller, network, count, rounds(count, present), undisturbed);
                String name = count + (present == 0 ? "" : ".with." + present);
                report.add(new Figure("ports.publish." + name, contest.publish, contest.barePublish, TIMES_THE_FLOOR));
                report.add(new Figure(
                        "ports.unpublish." + name, contest.unpublish, contest.bareUnpublish, TIMES_THE_FLOOR));
                if (count == 32 && present == 0) {
                    alone = contest;
                } else if (count == 32 && present == MOST_PRESENT) {
                    String beside = "32.beside." + present;
                    report.add(new Figure("ports.publish." + beside, contest.publish, alone.publish, TIMES_EMPTY));
                    report.add(
                            new Figure("ports.unpublish." + beside, contest.unpublish, alone.unpublish, TIMES_EMPTY));
                }
            }
        }
    }

    private int rounds(int count, int present) {
        int rounds = count == 1_000 ? 60 : count == 1 ? 600 : 150;
        return rounds / (quick ? 5 : 1) / (present == 0 || count == 32 ? 1 : 2);
    }

    private void warm(NetworkController controller, Network network, int connects) {
        for (int i = 0; i < connects; i++) {
            round(controller, network, i % 2 == 0 ? 0 : i % 8 == 1 ? 32 : 1);
        }
    }

    /** Publishes until so many are. */
    private void gather(NetworkController controller, int present) {
        for (int i = crowd.size(); i < present / AT_ONCE; i++) {
            Network one = controller.createNetwork(NetworkRequest.named("crowd" + i));
            Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("crowd" + i));
            one.connect(sandbox, request("crowd", PRESENT_FIRST + i * AT_ONCE, AT_ONCE));
            crowd.add(sandbox::delete);
        }
    }

    private void remember(double grown) {
        report.bound(
                "ports.memory." + MOST_PRESENT,
                Math.max(0, grown) / MOST_MEBIBYTES,
                String.format(
                        Locale.ROOT,
                        "the process has grown by %.1f MiB of %.0f, live objects and what is beside the heap",
                        grown,
                        MOST_MEBIBYTES));
    }

    /**
     * What a datagram through a published port takes, there and back, beside one that is not translated: the first of a flow, which looks for
     * its port, and the next.
     *
     * @param beside how many ports of others are published
     */
    private Flows.Times flows(NetworkController controller, int beside) throws Exception {
        var ours = new Flows.Times();
        var floor = new Flows.Times();
        try (var flows = new Flows(controller, FLOWS_FIRST)) {
            flows.measure(FLOWS / (quick ? 10 : 2), new Flows.Times(), new Flows.Times());
            flows.measure(FLOWS / (quick ? 5 : 1), ours, floor);
        }
        int ports = Math.max(beside, Flows.PUBLISHED);
        report.add(new Figure("ports.flow.first." + ports, ours.first, floor.first, TIMES_THE_FLOOR));
        report.add(new Figure("ports.flow.next." + ports, ours.second, floor.second, TIMES_THE_FLOOR));
        report.remark(String.format(
                Locale.ROOT,
                "with %d ports published %d flows a second begin, one after the other; untranslated %d",
                ports,
                Flows.perSecond(ours.first),
                Flows.perSecond(floor.first)));
        return ours;
    }

    /** Many at once, each with a port of its own and one at any free one: a failure ends the run. */
    private void atOnce(NetworkController controller, Network network) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(WIDTH);
        try {
            var all = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < WIDTH; i++) {
                int one = i;
                Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("at-once" + i));
                all.add(() -> {
                    network.connect(
                            sandbox,
                            EndpointRequest.builder()
                                    .name("at-once" + one)
                                    .addPublish(
                                            PublishedPort.parse((FIRST + one) + ":80"), PublishedPort.parse("81/udp"))
                                    .build());
                    return true;
                });
            }
            long start = System.nanoTime();
            for (var done : callers.invokeAll(all)) {
                done.get();
            }
            report.remark(String.format(
                    Locale.ROOT, "%d publishes at once: %.1f ms", WIDTH, (System.nanoTime() - start) / 1e6));
        } finally {
            callers.shutdown();
        }
    }

    /** What rounds took, in nanoseconds. */
    private static final class Contest {
        private final Samples publish = new Samples();
        private final Samples unpublish = new Samples();
        private final Samples barePublish = new Samples();
        private final Samples bareUnpublish = new Samples();
    }

    private Contest measure(
            NetworkController controller, Network network, int count, int rounds, Undisturbed undisturbed)
            throws Exception {
        var contest = new Contest();
        var afterPorts = new Pairs();
        var afterNone = new Pairs();
        try (var floor = new Floor(FIRST, count)) {
            Callable<List<long[]>> byTurns = () -> List.of(
                    round(controller, network, count),
                    round(controller, network, 0),
                    round(controller, network, 0),
                    round(controller, network, count),
                    timed(floor::publish, floor::unpublish));
            undisturbed.rounds(rounds, byTurns, took -> {
                afterPorts.with.add(took.get(0));
                afterPorts.without.add(took.get(1));
                afterNone.without.add(took.get(2));
                afterNone.with.add(took.get(3));
                contest.barePublish.add(took.get(4)[0]);
                contest.bareUnpublish.add(took.get(4)[1]);
            });
        }
        for (Pairs pairs : List.of(afterPorts, afterNone)) {
            pairs.beyond(0, contest.publish);
            pairs.beyond(1, contest.unpublish);
        }
        return contest;
    }

    /** Rounds with and without ports, all of them after the same: each is cleaned up after during the next. */
    private static final class Pairs {
        private final List<long[]> with = new ArrayList<>();
        private final List<long[]> without = new ArrayList<>();

        /** Adds what each with ports took beyond the median of those without. */
        void beyond(int part, Samples into) {
            var bare = new Samples();
            without.forEach(round -> bare.add(round[part]));
            long median = bare.quantile(0.5);
            with.forEach(round -> into.add(Math.max(1, round[part] - median)));
        }
    }

    /** Returns the nanoseconds that connecting and removing took. */
    private long[] round(NetworkController controller, Network network, int count) {
        String name = "measured" + number++;
        EndpointRequest request = request(name, FIRST, count);
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer(name));
        return timed(() -> network.connect(sandbox, request), sandbox::delete);
    }

    private static long[] timed(Runnable making, Runnable removing) {
        long start = System.nanoTime();
        making.run();
        long made = System.nanoTime();
        removing.run();
        return new long[] {made - start, System.nanoTime() - made};
    }

    /** One wish for all ports, each to another number: an element and a socket for each. */
    private static EndpointRequest request(String name, int first, int count) {
        EndpointRequest.Builder request = EndpointRequest.builder().name(name);
        if (count > 0) {
            request.addPublish(PublishedPort.parse("0.0.0.0:" + first + "-" + (first + count - 1) + ":1-" + count));
        }
        return request.build();
    }

    /** Returns the octets that live objects have. */
    private static long live() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Returns the resident size of this process in KiB after a collection, proc(5). */
    private static long resident() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
