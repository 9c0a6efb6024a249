package io.cnm4j.benchmarks.dns;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.names.Registration;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.core.names.SandboxNames.Attached;
import io.cnm4j.core.names.Upstream;
import io.cnm4j.core.names.Zone;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.dns.NameServers;
import io.cnm4j.linux.executor.LinuxPlanExecutor;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.internal.PlatformDependent;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many questions for local names are answered in a second? Arguments: {@code --quick}, or the directory for the results. */
public final class DnsBenchmark {
    private static final double OF_THE_FLOOR = 1 / 0.7; // times a question takes, against an echo
    private static final double BESIDE_THE_DEAD = 1.5;
    private static final double MANY_AGAINST_FEW = 1.2;
    private static final int MOST_OCTETS = 30 << 10;
    private static final int UNDER_WAY = 64;
    private static final String SILENT = "127.0.0.99";
    private static final int DOMAIN = 53; // where a container asks: with the rewriting
    private static final int ECHO_PORT = 30_000;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final boolean quick;
    private final NamespaceWorkers workers;
    private final NameDirectory names = new NameDirectory();
    private final LinuxPlanExecutor executor;
    private final IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final Path directory;
    private final BareProgram program = new BareProgram();
    private final Report report = new Report("dns");
    private final List<NamespaceRef> sandboxes = new ArrayList<>();
    private final Zone zone = names.zone(new NetworkId("1".repeat(64)), "net");
    private int there;

    private DnsBenchmark(boolean quick, BenchHost host) throws Exception {
        this.quick = quick;
        this.directory = host.directory("netns");
        this.workers = new NamespaceWorkers(Path.of(host.namespace().path()));
        this.executor = new LinuxPlanExecutor(workers, new NameServers(names, workers), new KeyBoard(), KernelTap.NONE);
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(args, (quick, host) -> {
            var benchmark = new DnsBenchmark(quick, host);
            try {
                return benchmark.run();
            } finally {
                benchmark.end();
            }
        });
    }

    private void end() throws IOException {
        sandboxes.forEach(sandbox -> executor.remove(plan(sandbox), Deadline.after(LIMIT)));
        executor.close();
        program.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static Plan plan(NamespaceRef sandbox) {
        return Plan.of(new MakeNamespace(sandbox, Map.of()), new ServeNames(sandbox, "cnm4j-bench"));
    }

    private NamespaceRef sandbox() {
        var sandbox = NamespaceRef.at(directory + "/s" + sandboxes.size());
        executor.apply(plan(sandbox), Deadline.after(LIMIT));
        sandboxes.add(sandbox);
        names.set(sandbox, view(List.of()));
        return sandbox;
    }

    private SandboxNames view(List<Upstream> upstreams) {
        return new SandboxNames("c", List.of(new Attached(zone, Map.of())), upstreams, true, false);
    }

    private void grow(int count) {
        for (; there < count; there++) {
            zone.add(endpoint(there));
        }
    }

    private static Registration endpoint(int number) {
        return new Registration(
                "e" + number, List.of("name" + number), List.of(IpAddress.ipv4(0x0a000000 + number)), List.of());
    }

    private Report run() throws IOException {
        NamespaceRef one = sandbox();
        grow(10);
        datagrams("warm", one, 4);
        Figure few = datagrams("udp.10", one, rounds());
        report.add(few);
        grow(10_000);
        report.add(datagrams("udp.10000", one, rounds()));
        if (!quick) {
            grow(100_000);
            Figure many = datagrams("udp.100000", one, rounds());
            report.add(many);
            report.add(new Figure("dns.many.few", many.ours(), few.ours(), MANY_AGAINST_FEW));
        }
        report.add(changing(one));
        report.add(compare("tcp." + there, List.of(one), true, questions(there), rounds()));
        report.add(besideTheDead(one));
        while (sandboxes.size() < 100) {
            sandbox();
        }
        report.add(compare("udp.100sandboxes", sandboxes, false, questions(there), rounds()));
        rest(quick ? 200 : 1000);
        return report;
    }

    /** What a sandbox costs this process at rest, without its kernel objects. */
    private void rest(int more) {
        long before = usedMemory();
        long descriptors = descriptors();
        int threads = Thread.getAllStackTraces().size();
        int there = sandboxes.size();
        while (sandboxes.size() < there + more) {
            sandbox();
        }
        double each = (double) (usedMemory() - before) / more;
        report.bound(
                "dns.memory.sandbox",
                each / MOST_OCTETS,
                String.format(
                        Locale.ROOT,
                        "%,d more sandboxes: %,.0f octets and %.2f descriptors each, %d more threads in all",
                        more,
                        each,
                        (double) (descriptors() - descriptors) / more,
                        Thread.getAllStackTraces().size() - threads));
    }

    /** Returns heap and buffers. */
    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory()
                - Runtime.getRuntime().freeMemory()
                + PlatformDependent.usedDirectMemory();
    }

    private static long descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    /** Asks ours and an echo in turns, with a client in C that is the same for both. */
    private Figure datagrams(String name, NamespaceRef where, int rounds) throws IOException {
        var ours = new Samples();
        var floor = new Samples();
        double seconds = quick ? 0.3 : 1;
        long lost = 0;
        long answered = 0;
        Process echo = program.echo(where, ECHO_PORT);
        try {
            for (int i = 0; i < rounds; i++) {
                floor.add(program.ask(where, ECHO_PORT, there, seconds, -1).each());
                BareProgram.Answers asked = program.ask(where, DOMAIN, there, seconds, 1);
                ours.add(asked.each());
                lost += asked.lost();
                answered += asked.answers();
            }
        } finally {
            echo.destroy();
        }
        told(name, ours, floor, lost, answered);
        if (lost > 0) {
            throw new IllegalStateException(name + ": " + lost + " questions were lost");
        }
        return new Figure("dns." + name, ours, floor, OF_THE_FLOOR);
    }

    private void told(String name, Samples ours, Samples floor, long lost, long answered) {
        report.remark(String.format(
                Locale.ROOT,
                "%s: %,d questions a second, echo %,d, %d of %,d lost",
                name,
                1_000_000_000 / ours.quantile(0.5),
                1_000_000_000 / floor.quantile(0.5),
                lost,
                answered));
    }

    private int rounds() {
        return quick ? 5 : 11;
    }

    /** The same with clients and echoes on loops of this process, for streams and for many sandboxes. */
    private Figure compare(String name, List<NamespaceRef> where, boolean stream, byte[][] questions, int rounds) {
        var ours = new Samples();
        var floor = new Samples();
        var echoes = new ArrayList<Echo>();
        where.forEach(sandbox -> echoes.add(new Echo(workers, sandbox, loops.next(), address(ECHO_PORT))));
        long lost = 0;
        long answered = 0;
        try {
            for (int i = 0; i < rounds; i++) {
                Round echoed = round(where, ECHO_PORT, stream, questions);
                floor.add(echoed.each());
                Round asked = round(where, DOMAIN, stream, questions);
                ours.add(asked.each());
                lost += asked.lost;
                answered += asked.answers;
            }
        } finally {
            echoes.forEach(Echo::close);
        }
        told(name, ours, floor, lost, answered);
        return new Figure(
                "dns." + name, ours, floor, stream ? 0 : OF_THE_FLOOR); // an echo of a stream reads no messages
    }

    /** What came of asking for a while. */
    private record Round(long answers, long nanos, long lost, Samples times) {
        long each() {
            return nanos / Math.max(1, answers);
        }
    }

    private Round round(List<NamespaceRef> where, int port, boolean stream, byte[][] questions) {
        int each = Math.max(1, UNDER_WAY / where.size());
        List<Client> clients = where.stream()
                .limit(UNDER_WAY)
                .map(sandbox -> new Client(workers, sandbox, loops.next(), address(port), questions, each, stream))
                .toList();
        clients.forEach(Client::start);
        pause(100);
        clients.forEach(Client::answers);
        long start = System.nanoTime();
        pause(quick ? 300 : 1000);
        long answers = clients.stream().mapToLong(Client::answers).sum();
        long nanos = System.nanoTime() - start;
        long lost = clients.stream().mapToLong(Client::lost).sum();
        clients.forEach(Client::close);
        return new Round(answers, nanos, lost, clients.get(0).times());
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same while 1,000 names a second come and go. */
    private Figure changing(NamespaceRef one) throws IOException {
        var number = new AtomicInteger(there);
        ScheduledExecutorService changes = Executors.newSingleThreadScheduledExecutor();
        var unused = changes.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < 5; i++) {
                        zone.add(endpoint(number.incrementAndGet()));
                        zone.remove(endpoint(number.get()));
                    }
                },
                0,
                10,
                TimeUnit.MILLISECONDS);
        try {
            return datagrams("udp.changing", one, rounds());
        } finally {
            changes.shutdownNow();
        }
    }

    /** Local answers, one at a time, with 5,000 questions waiting for a dead upstream and without: medians of the 99th percentiles. */
    private Figure besideTheDead(NamespaceRef one) throws IOException {
        var alone = new Samples();
        var beside = new Samples();
        names.set(one, view(List.of(new Upstream(IpAddress.parse(SILENT), false))));
        byte[][] unknown = new byte[5000][];
        for (int i = 0; i < unknown.length; i++) {
            unknown[i] = question("unknown" + i + ".example");
        }
        DatagramSocket silent = workers.call(
                Deadline.after(LIMIT),
                () -> NamespaceWorkers.inside(one, () -> new DatagramSocket(new InetSocketAddress(SILENT, 53))));
        for (int i = 0; i < 5; i++) {
            alone.add(single(one).times.quantile(0.99));
            var waiting = new Client(workers, one, loops.next(), address(DOMAIN), unknown, unknown.length, false);
            waiting.start();
            pause(200);
            beside.add(single(one).times.quantile(0.99));
            waiting.close();
            pause(4500); // until those who waited have their SERVFAIL
        }
        silent.close();
        return new Figure("dns.beside.dead", beside, alone, BESIDE_THE_DEAD);
    }

    private Round single(NamespaceRef one) {
        var client = new Client(workers, one, loops.next(), address(DOMAIN), questions(there), 1, false);
        client.start();
        pause(quick ? 300 : 1000);
        long answers = client.answers();
        client.close();
        return new Round(answers, 1, client.lost(), client.times());
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(ServeNames.ADDRESS, port);
    }

    private static byte[][] questions(int names) {
        var questions = new byte[Math.min(names, 10_000)][];
        for (int i = 0; i < questions.length; i++) {
            questions[i] = question("name" + (int) ((long) i * names / questions.length));
        }
        return questions;
    }

    private static byte[] question(String name) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}); // recursion desired, one question
        for (String label : name.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, 1, 0, 1}); // A, IN
        return out.toByteArray();
    }
}
