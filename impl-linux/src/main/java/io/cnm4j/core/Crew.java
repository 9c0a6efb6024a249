package io.cnm4j.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A few threads for many small tasks that mostly wait for the executor; they start and end with {@link #close}. Used by one thread. */
final class Crew implements AutoCloseable {
    /** As many as help where the executor has its own. */
    static final int USUAL = Math.min(4, Runtime.getRuntime().availableProcessors());

    private final int most;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Failures failures = new Failures(); // guarded by this

    /** @param most how many threads work at most, the caller's included; with one the order is that of the tasks */
    Crew(int most) {
        this.most = most;
    }

    /** Takes a task for later. */
    void give(Runnable task) {
        tasks.add(task);
    }

    /** Does all tasks, the caller too, also after a failure; then throws the first one with the others suppressed. */
    @Override
    public void close() {
        int others = Math.min(most, tasks.size()) - 1;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            var thread = new Thread(this::work, "cnm4j-crew-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        work();
        threads.forEach(Crew::await);
        synchronized (this) {
            failures.throwFirst();
        }
    }

    private void work() {
        var mine = new Failures();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            mine.attempt(task);
        }
        synchronized (this) {
            failures.attempt(mine::throwFirst);
        }
    }

    /** Waits for its end, which is near: each task ends by the deadline. */
    private static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
