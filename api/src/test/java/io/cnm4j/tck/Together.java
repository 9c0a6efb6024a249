package io.cnm4j.tck;

import java.util.ArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the same thing on many threads at once. */
public final class Together {
    private Together() {}

    /** What each thread does. */
    @FunctionalInterface
    public interface Part {
        /** Does what the thread of this number, from 0, does. */
        void run(int thread) throws Exception;
    }

    /** Starts all threads at one moment, waits for all, and fails with the first failure of any, the others suppressed. */
    public static void run(int threads, Part part) {
        var executor = Executors.newFixedThreadPool(threads);
        try {
            var barrier = new CyclicBarrier(threads);
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                running.add(executor.submit(() -> {
                    barrier.await();
                    part.run(thread);
                    return thread;
                }));
            }
            finish(running);
        } finally {
            executor.shutdownNow();
        }
    }

    private static void finish(Iterable<Future<?>> running) {
        AssertionError failure = null;
        for (Future<?> future : running) {
            try {
                future.get();
            } catch (InterruptedException | ExecutionException e) {
                if (failure == null) {
                    failure = new AssertionError("a thread failed: " + e.getCause(), e.getCause());
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
