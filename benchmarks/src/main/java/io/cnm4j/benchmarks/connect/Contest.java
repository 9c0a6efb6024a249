package io.cnm4j.benchmarks.connect;

import io.cnm4j.api.Endpoint;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.benchmarks.Undisturbed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * The library and the bare loop by turns on the same bridges: a few fresh sandboxes of each are connected and removed, and the kernel is
 * given time to clean up behind them, outside the clock.
 */
final class Contest {
    private static final int PAIRS_IN_BATCH = 5;

    /** What was measured: ours in one call, ours in two calls by turns with that, and the bare loop's. */
    static final class Times {
        final Samples connect = new Samples();
        final Samples apart = new Samples();
        final Samples bareConnect = new Samples();
        final Samples remove = new Samples();
        final Samples bareRemove = new Samples();

        private void add(Times others) {
            connect.add(others.connect);
            apart.add(others.apart);
            bareConnect.add(others.bareConnect);
            remove.add(others.remove);
            bareRemove.add(others.bareRemove);
        }
    }

    final Times times = new Times();
    final Samples bareLetGo = new Samples();

    private final Undisturbed undisturbed;
    private final List<Bridge> bridges;
    private final List<Floor> floors;
    private final Links links;
    private int next;

    /**
     * @param floors one for each bridge
     * @param undisturbed decides which rounds count
     * @param first number of the first sandbox; those after it are free
     */
    Contest(List<Bridge> bridges, List<Floor> floors, Links links, Undisturbed undisturbed, int first) {
        this.undisturbed = undisturbed;
        this.bridges = bridges;
        this.floors = floors;
        this.links = links;
        this.next = first;
    }

    /** Measures this many of each, one at a time. */
    void oneAtATime(int pairs) throws Exception {
        undisturbed.rounds(pairs / PAIRS_IN_BATCH, this::batch, times::add);
    }

    private Times batch() {
        var took = new Times();
        int first = next;
        next += PAIRS_IN_BATCH;
        boolean apart = isApart(first / PAIRS_IN_BATCH);
        Samples ours = apart ? took.apart : took.connect;
        var gone = new ArrayList<String>();
        for (int i = first; i < next; i++) {
            Bridge bridge = bridges.get(i % bridges.size());
            Floor floor = floors.get(i % bridges.size());
            byTurns(
                    i,
                    n -> gone.add(Bridge.hostLink(timed(ours, () -> connect(bridge, n, apart)))),
                    n -> timed(took.bareConnect, () -> floor.connect(n)));
            gone.add(Floor.hostLink(i));
        }
        for (int i = first; i < next; i++) {
            Bridge bridge = bridges.get(i % bridges.size());
            Floor floor = floors.get(i % bridges.size());
            byTurns(
                    i,
                    n -> timed(took.remove, () -> bridge.remove(n)),
                    n -> timed(took.bareRemove, () -> floor.remove(n)));
        }
        links.awaitGone(gone);
        return took;
    }

    private static boolean isApart(int round) {
        return round % 2 == 1;
    }

    private static Endpoint connect(Bridge bridge, int number, boolean apart) {
        return apart ? bridge.connectApart(number) : bridge.connect(number);
    }

    /** Measures the floor alone: a sandbox whose namespace is let go without a word to its bridge. */
    void letGo(int count) throws Exception {
        Floor floor = floors.get(0);
        Callable<Samples> round = () -> {
            var took = new Samples();
            int number = next++;
            floor.connect(number);
            timed(took, () -> floor.letGo(number));
            links.awaitGone(List.of(Floor.hostLink(number)));
            return took;
        };
        undisturbed.rounds(count, round, bareLetGo::add);
    }

    /** Lets ours begin for even numbers, the floor for odd ones. */
    private static void byTurns(int number, IntConsumer ours, IntConsumer floor) {
        (number % 2 == 0 ? ours : floor).accept(number);
        (number % 2 == 0 ? floor : ours).accept(number);
    }

    private static <T> T timed(Samples into, java.util.function.Supplier<T> work) {
        long start = System.nanoTime();
        T result = work.get();
        into.since(start);
        return result;
    }

    private static void timed(Samples into, Runnable work) {
        timed(into, () -> {
            work.run();
            return true;
        });
    }

    /**
     * Measures rounds of several at once; a sample is the time of one round divided by its width.
     *
     * @param callers as many threads as sandboxes in a round
     * @param loops the threads of the bare loop: as many as there are floors
     */
    void atOnce(int rounds, int width, ExecutorService callers, ExecutorService loops) throws Exception {
        undisturbed.rounds(rounds, () -> round(width, callers, loops), times::add);
    }

    private Times round(int width, ExecutorService callers, ExecutorService loops) throws Exception {
        var took = new Times();
        int first = next;
        next += width;
        Bridge bridge = bridges.get(0);
        var gone = new ArrayList<String>();
        long start = System.nanoTime();
        boolean apart = isApart(first / width);
        List<String> ours = all(callers, width, i -> Bridge.hostLink(connect(bridge, first + i, apart)));
        (apart ? took.apart : took.connect).add((System.nanoTime() - start) / width);
        gone.addAll(ours);
        start = System.nanoTime();
        gone.addAll(all(
                loops,
                floors.size(),
                i -> share(i, first, width, n -> floors.get(i).connect(n))));
        took.bareConnect.add((System.nanoTime() - start) / width);
        start = System.nanoTime();
        all(callers, width, i -> {
            bridge.remove(first + i);
            return "";
        });
        took.remove.add((System.nanoTime() - start) / width);
        start = System.nanoTime();
        all(loops, floors.size(), i -> share(i, first, width, n -> floors.get(i).remove(n)));
        took.bareRemove.add((System.nanoTime() - start) / width);
        gone.removeIf(String::isEmpty);
        for (int i = 0; i < width; i++) {
            gone.add(Floor.hostLink(first + i));
        }
        links.awaitGone(gone);
        return took;
    }

    /** Does the work for every number whose turn it is for one of several threads. */
    private String share(int thread, int first, int width, IntConsumer work) {
        for (int n = first + thread; n < first + width; n += floors.size()) {
            work.accept(n);
        }
        return "";
    }

    private static List<String> all(ExecutorService threads, int count, java.util.function.IntFunction<String> work)
            throws InterruptedException, ExecutionException {
        var running = new ArrayList<Future<String>>();
        for (int i = 0; i < count; i++) {
            int number = i;
            running.add(threads.submit(() -> work.apply(number)));
        }
        var results = new ArrayList<String>();
        for (Future<String> one : running) {
            results.add(one.get());
        }
        return results;
    }
}
