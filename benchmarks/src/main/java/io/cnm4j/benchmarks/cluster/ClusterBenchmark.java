package io.cnm4j.benchmarks.cluster;

import static java.util.Objects.requireNonNull;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Report;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.tck.EtcdServer;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon do all hosts of a cluster know of an endpoint that moved, and what memory does a host need? Many hosts in this process, one real
 * etcd. Arguments: {@code --quick}, or the directory for the results.
 */
public final class ClusterBenchmark {
    private static final String NETWORK = "net";
    private static final int AT_ONCE = 8;
    private static final int MOVES_A_SECOND = 100;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final boolean quick;
    private final Report report = new Report("cluster");
    private final Map<String, Move> moves = new ConcurrentHashMap<>(); // by place
    private final Map<Integer, Member> members = new ConcurrentHashMap<>(); // by number

    /** A move that hosts have still to hear of. */
    private final class Move {
        final long start = System.nanoTime();
        final AtomicInteger unaware = new AtomicInteger(members.size() - 1);
        volatile long end;

        void heard() {
            if (unaware.decrementAndGet() == 0) {
                end = System.nanoTime();
            }
        }
    }

    private ClusterBenchmark(boolean quick) {
        this.quick = quick;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        BenchHost.bench(args, (quick, host) -> {
            var benchmark = new ClusterBenchmark(quick);
            try (var etcd = new EtcdServer(host.directory("etcd"), 1)) {
                benchmark.run(etcd, quick ? 5 : 25, quick ? 500 : 10_000);
                if (!quick) {
                    benchmark.run(etcd, 250, 10_000);
                }
            }
            return benchmark.report;
        });
    }

    private void run(EtcdServer etcd, int hosts, int endpoints) throws Exception {
        long before = usedMemory();
        StoreAddress store = StoreAddress.builder()
                .store("etcd")
                .servers(etcd.addresses())
                .prefix("cluster" + hosts + "/")
                .build();
        try {
            fill(store, hosts, endpoints);
            tell(String.format(
                    Locale.ROOT,
                    "%,d hosts, %,d endpoints: %.1f MiB a host",
                    hosts,
                    endpoints,
                    (usedMemory() - before) / 1048576.0 / hosts));
            moves(2, 0, 20);
            moves(MOVES_A_SECOND, 20, (quick ? 3 : 10) * MOVES_A_SECOND);
        } finally {
            members.values().forEach(Member::close);
            members.clear();
            moves.clear();
        }
    }

    /** Says it now as well: a run takes long. */
    private void tell(String figures) {
        report.remark(figures);
        System.out.println(figures);
    }

    private void learned(String mac) {
        Move move = moves.get(mac);
        if (move != null) {
            move.heard();
        }
    }

    /** Lets hosts come, each with its part of the endpoints, and waits until all know of all. */
    private void fill(StoreAddress store, int hosts, int endpoints) throws Exception {
        addMember(store, 0)
                .controller()
                .createNetwork(NetworkRequest.builder()
                        .name(NETWORK)
                        .driver("overlay")
                        .internal(true)
                        .addSubnets(SubnetRequest.builder()
                                .pool(IpPrefix.parse("172.16.0.0/16"))
                                .build())
                        .build());
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        var all = new ArrayList<Future<?>>();
        for (int i = 0; i < hosts; i++) {
            int host = i;
            all.add(threads.submit(() -> {
                Member member = host == 0 ? member(0) : addMember(store, host);
                awaitNetwork(member);
                for (int number = host; number < endpoints; number += hosts) {
                    member.connect(NETWORK, name(number), mac(number));
                }
            }));
        }
        try {
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (int i = 0; i < hosts; i++) {
            int others = endpoints - endpoints / hosts - (i < endpoints % hosts ? 1 : 0);
            while (member(i).kernel.size() < others) {
                pause(end);
            }
        }
    }

    private Member addMember(StoreAddress store, int number) {
        var member = new Member(number, store, this::learned);
        members.put(number, member);
        return member;
    }

    private Member member(int number) {
        return requireNonNull(members.get(number));
    }

    private static void awaitNetwork(Member member) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (member.controller().networks().isEmpty()) {
            pause(end);
        }
    }

    private static void pause(long end) {
        if (System.nanoTime() > end) {
            throw new IllegalStateException("not all hosts know of all endpoints in time");
        }
        LockSupport.parkNanos(1_000_000);
    }

    /** Moves endpoints to other hosts, so many a second; times how long it takes from the beginning of a connect until every host can reach it. */
    private void moves(int aSecond, int first, int count) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        var samples = new Samples();
        long begin = System.nanoTime();
        try {
            var started = new ArrayList<Future<Move>>();
            for (int i = 0; i < count; i++) {
                long due = begin + i * TimeUnit.SECONDS.toNanos(1) / aSecond;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                int number = first + i;
                started.add(threads.submit(() -> move(number)));
            }
            for (Future<Move> one : started) {
                Move move = one.get();
                long end = System.nanoTime() + PATIENCE_NANOS;
                while (move.end == 0) {
                    pause(end);
                }
                samples.add(move.end - move.start);
            }
        } finally {
            threads.shutdownNow();
        }
        double rate = count * 1e9 / (System.nanoTime() - begin);
        tell(String.format(
                Locale.ROOT,
                "%,d hosts, %d moves a second: until all of them reach an endpoint that moved: %s ms (p50, p99); done %.0f a second",
                members.size(),
                aSecond,
                samples,
                rate));
    }

    /** An endpoint goes on its host and comes on the next, with the hardware address that it had. */
    private Move move(int number) {
        Member to = member((number + 1) % members.size());
        member(number % members.size()).controller().destroySandbox(name(number));
        var move = new Move();
        moves.put(TunnelMemory.entry(mac(number), to.address()), move);
        to.connect(NETWORK, name(number), mac(number));
        return move;
    }

    private static String name(int number) {
        return "e" + number;
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x0242_0000_0000L + number);
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
