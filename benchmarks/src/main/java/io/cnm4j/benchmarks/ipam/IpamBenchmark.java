package io.cnm4j.benchmarks.ipam;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.benchmarks.Figure;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Leases addresses and pools, alone and by 8 threads, and weighs them. Arguments: {@code --quick}, or where to keep the figures. */
public final class IpamBenchmark {
    private static final double LEAST_A_SECOND = 20e6;
    private static final int POOLS = 10_000;
    private static final int THREADS = 8;
    private static final int OPERATIONS = 10_000_000;

    private final int rounds;
    private final int leases;
    private final Report report = new Report("ipam");
    private final List<Figure> rates = new ArrayList<>();

    private IpamBenchmark(boolean quick) {
        this.rounds = quick ? 3 : 9;
        this.leases = quick ? 1 << 18 : 1 << 21;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        var benchmark = new IpamBenchmark(quick);
        benchmark.run();
        benchmark.report.print();
        if (!quick && args.length > 0) {
            benchmark.report.keep(Path.of(args[0]));
        }
    }

    /** One way to lease, timed once. */
    private interface Round {
        void run(Samples ours, Samples floor);
    }

    private void run() throws InterruptedException {
        for (String size : List.of("24", "16", "8")) {
            String subnet = "10.0.0.0/" + size;
            rate("fill." + size, (ours, floor) -> Leasing.filling(subnet, false, leases, ours, floor));
            rate("serial." + size, (ours, floor) -> Leasing.filling(subnet, true, leases, ours, floor));
            rate("byname." + size, (ours, floor) -> Leasing.fillingByName(subnet, leases, ours, floor));
            for (int percent : List.of(1, 50, 99)) {
                rate(
                        "churn." + size + "." + percent,
                        (ours, floor) -> Leasing.churning(subnet, percent / 100.0, leases, ours, floor));
            }
        }
        compareRates();
        bare("bare", false);
        bare("waiting", true);
        pools();
        threads();
        weigh();
    }

    private void rate(String name, Round round) {
        round.run(new Samples(), new Samples()); // compiled now
        var ours = new Samples();
        var floor = new Samples();
        for (int i = 0; i < rounds; i++) {
            round.run(ours, floor);
        }
        var figure = new Figure("ipam." + name, ours, floor, 0);
        rates.add(figure);
        System.out.println(figure.row());
        report.add(figure);
    }

    /** The slowest way against what must be reached, and against the fastest. */
    private void compareRates() {
        Comparator<Figure> byTime = Comparator.comparing(figure -> figure.ours().quantile(0.5));
        Figure slowest = rates.stream().max(byTime).orElseThrow();
        Figure fastest = rates.stream().min(byTime).orElseThrow();
        var most = new Samples();
        most.add((long) (1e15 / LEAST_A_SECOND));
        report.add(new Figure("ipam.least", slowest.ours(), most, 1));
        report.add(new Figure("ipam.flat", slowest.ours(), fastest.ours(), 3));
        report.remark(String.format(
                Locale.ROOT,
                "leases a second: %.0f million the fastest way (%s), %.0f million the slowest (%s)",
                rate(fastest),
                fastest.name(),
                rate(slowest),
                slowest.name()));
    }

    /** What this machine lets one do at random in the memory of a /8, under a lock. */
    private void bare(String name, boolean waits) {
        Leasing.bareByName(leases, waits, new Samples()); // compiled now
        var bare = new Samples();
        for (int i = 0; i < rounds; i++) {
            Leasing.bareByName(leases, waits, bare);
        }
        Figure byName = rates.stream()
                .filter(figure -> figure.name().equals("ipam.byname.8"))
                .findFirst()
                .orElseThrow();
        report.add(new Figure("ipam.byname.8." + name, byName.ours(), bare, 0));
    }

    private static double rate(Figure figure) {
        return 1e9 / figure.ours().quantile(0.5);
    }

    private void pools() {
        var times = new Samples();
        var most = new Samples();
        most.add(50_000_000);
        for (int i = 0; i < rounds; i++) {
            Ipam ipam = Leasing.ipam();
            long start = Leasing.time();
            for (int pool = 0; pool < POOLS; pool++) {
                ipam.requestPool(anyPool());
            }
            times.add(Leasing.time() - start);
        }
        report.add(new Figure("ipam.pools10000", times, most, 1));
    }

    private static PoolRequest anyPool() {
        return new PoolRequest(
                "benchmark", Family.IPV4, Optional.empty(), Optional.empty(), UsedSubnets.NONE, Map.of());
    }

    /** 8 threads lease and release in one /16, 10 million times in all; at the end pool and model must be the same. */
    private void threads() throws InterruptedException {
        AddressPoolLease pool = Leasing.pool("10.0.0.0/16");
        var held = ConcurrentHashMap.<IpAddress>newKeySet();
        int each = OPERATIONS / THREADS;
        var threads = new ArrayList<Thread>();
        var failures = ConcurrentHashMap.<String>newKeySet();
        long start = System.nanoTime();
        for (int i = 0; i < THREADS; i++) {
            int seed = i;
            threads.add(new Thread(() -> churn(pool, held, each, new SplittableRandom(seed), failures)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        boolean same = pool.leased().stream()
                .sorted()
                .toList()
                .equals(held.stream().sorted().toList());
        report.remark(String.format(
                Locale.ROOT,
                "%d threads, %d operations in %.1f s, %d held at the end, twice or lost: %s, as the model: %s",
                THREADS,
                each * THREADS,
                seconds,
                held.size(),
                failures.isEmpty() ? "none" : failures,
                same ? "yes" : "NO"));
        if (!same || !failures.isEmpty()) {
            throw new IllegalStateException("threads got in each other's way: " + failures);
        }
    }

    private static void churn(
            AddressPoolLease pool, Set<IpAddress> held, int operations, SplittableRandom random, Set<String> failures) {
        var mine = new ArrayList<IpAddress>();
        for (int i = 0; i < operations; i++) {
            if (mine.size() < 4000 && (mine.isEmpty() || random.nextInt(5) < 3)) {
                IpAddress address = pool.request(AddressRequest.ANY);
                mine.add(address);
                if (!held.add(address)) {
                    failures.add(address + " twice");
                }
            } else {
                IpAddress address = mine.remove(random.nextInt(mine.size()));
                if (!held.remove(address)) {
                    failures.add(address + " lost");
                }
                pool.release(address);
            }
        }
    }

    private void weigh() {
        Ipam ipam = Leasing.ipam();
        weight("pool", 200, Heap.bytesOfEach(POOLS, i -> ipam.requestPool(anyPool())), 0);
        weight("slash8.untouched", 1024, each(100, space -> Leasing.pool(space, "11.0.0.0/8", false)), 0);
        for (String way : List.of("full", "half", "every-other", "random")) {
            weight("slash16." + way, 9 * 1024, each(100, space -> used(space, "11.0.0.0/16", way)), bits(1 << 16));
        }
        for (String way : List.of("full", "every-other", "random")) {
            weight("slash8." + way, 2.2 * 1024 * 1024, each(3, space -> used(space, "11.0.0.0/8", way)), bits(1 << 24));
        }
        weight("slash48.10leases", 1024, each(100, IpamBenchmark::tenOfSlash48), 0);
    }

    /** Returns what one pool weighs, without the address space it is taken from: it lies in no base of that. */
    private static double each(int count, Function<Ipam, Object> pool) {
        List<Ipam> spaces = Stream.generate(Leasing::ipam).limit(count).toList();
        return Heap.bytesOfEach(count, i -> pool.apply(spaces.get(i)));
    }

    private static AddressPoolLease tenOfSlash48(Ipam space) {
        AddressPoolLease pool = Leasing.pool(space, "fd00:1::/48", false);
        Leasing.fill(pool, 10);
        return pool;
    }

    private static double bits(int size) {
        return Heap.bytesOfEach(3, i -> new BitSet(size));
    }

    private static AddressPoolLease used(Ipam space, String subnet, String way) {
        AddressPoolLease pool = Leasing.pool(space, subnet, false);
        int size = Leasing.size(subnet);
        Leasing.fill(pool, size);
        var random = new SplittableRandom(3);
        IpAddress first = pool.state().pool().address().plus(1);
        for (int number = 0; number < size; number++) {
            boolean gone = switch (way) {
                case "full" -> false;
                case "half" -> number >= size / 2;
                case "every-other" -> (number & 1) == 0;
                default -> random.nextInt(100) < 40;
            };
            if (gone) {
                pool.release(first.plus(number));
            }
        }
        return pool;
    }

    private void weight(String what, double most, double bytes, double bits) {
        report.bound(
                "ipam.bytes." + what,
                bytes / most,
                String.format(
                        Locale.ROOT,
                        "%.0f bytes, at most %.0f%s",
                        bytes,
                        most,
                        bits == 0 ? "" : String.format(Locale.ROOT, "; a BitSet %.0f", bits)));
    }
}
