package io.cnm4j.linux.netns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A few platform threads whose home is one host namespace, for everything that must happen in a namespace. Started when needed.
 * Callers may be virtual threads. Thread-safe.
 */
public final class NamespaceWorkers implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
    private static final int MOST = 4;

    private final int home;
    private final int most;
    private final IntUnaryOperator setns;
    private final LinkedTransferQueue<HandOff<?>> queue = new LinkedTransferQueue<>();
    private final HandOff<?> stop = new HandOff<>(() -> false, new AtomicInteger());
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger(); // tasks handed over and not finished
    private final AtomicInteger threads = new AtomicInteger();
    private final Set<Thread> awaited = ConcurrentHashMap.newKeySet(); // who does something meanwhile
    private final AtomicBoolean homeClosed = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * @param hostNamespace where the host namespace can be opened, such as {@code /proc/self/ns/net}; opened once, now
     * @throws io.cnm4j.api.error.KernelException if it cannot
     */
    public NamespaceWorkers(Path hostNamespace) {
        this(hostNamespace, fd -> CALLS.setns(fd, Worker.CLONE_NEWNET) == 0 ? 0 : LibC.errno());
    }

    NamespaceWorkers(Path hostNamespace, IntUnaryOperator setns) {
        this.setns = setns;
        this.most = Math.max(2, Math.min(MOST, Runtime.getRuntime().availableProcessors()));
        this.home = Namespaces.openFd(NamespaceRef.at(hostNamespace.toString()));
    }

    /**
     * Runs the task on a worker and returns its result. Waits for a free worker until the deadline, then for the task: it bounds
     * its own waits. On a worker of this pool it runs at once. What the task throws arrives as it is, with this caller's frames
     * below the worker's.
     *
     * @throws X what the task throws
     * @throws ClosedException if the pool is closed
     * @throws io.cnm4j.api.error.DeadlineException if no worker was free in time, or the thread was interrupted before
     */
    public <T extends @Nullable Object, X extends Exception> T call(Deadline deadline, Task<T, X> task) throws X {
        return call(deadline, task, () -> {});
    }

    /**
     * The same for a caller who has something to do in the meantime.
     *
     * @param meanwhile run by the calling thread, on a worker before the task; does not throw. The task may wait for it, so it must not
     *     wait for a worker itself: that is refused
     * @throws X what the task throws
     */
    public <T extends @Nullable Object, X extends Exception> T call(
            Deadline deadline, Task<T, X> task, Runnable meanwhile) throws X {
        if (Thread.currentThread() instanceof Worker worker && worker.pool() == this) {
            meanwhile.run();
            return task.call();
        }
        requireOpen();
        if (awaited.contains(Thread.currentThread())) {
            throw new IllegalStateException("a worker waits for what this thread does meanwhile; ask before, not now");
        }
        var handOff = new HandOff<T>(task, busy);
        handOver(handOff);
        awaited.add(Thread.currentThread());
        try {
            meanwhile.run();
        } finally {
            awaited.remove(Thread.currentThread());
        }
        handOff.await(deadline);
        return NamespaceWorkers.<T, X>result(handOff);
    }

    @SuppressWarnings("unchecked") // a task throws X or something unchecked
    private static <T extends @Nullable Object, X extends Exception> T result(HandOff<T> handOff) throws X {
        try {
            return handOff.result();
        } catch (RuntimeException unchecked) {
            throw unchecked;
        } catch (Exception checked) {
            throw (X) checked;
        }
    }

    private void handOver(HandOff<?> handOff) {
        if (busy.incrementAndGet() > threads.get()) {
            grow();
        }
        queue.put(handOff);
        if (closed) {
            handOff.refuse(closedException());
        }
    }

    /** Lets a worker run this as soon as one is free, if one ever is: not when the pool is closed before. Waits for nothing; what it throws is lost. */
    public void offer(Runnable task) {
        handOver(HandOff.unawaited(task, busy));
    }

    /**
     * Runs the task inside a namespace, on the calling worker, which is back where it was afterwards. May be nested.
     *
     * @throws X what the task throws
     * @throws io.cnm4j.api.error.KernelException if the namespace cannot be entered
     * @throws IllegalStateException if the calling thread is not a worker
     * @throws NamespaceLostError if the worker could not return; it ends
     */
    public static <T extends @Nullable Object, X extends Exception> T inside(NamespaceRef namespace, Task<T, X> task)
            throws X {
        return Worker.current().inside(namespace, task);
    }

    /**
     * The same with a descriptor of the namespace that the caller has open already.
     *
     * @param fd the descriptor; not looked at if the namespace is the host's
     * @throws X what the task throws
     */
    public static <T extends @Nullable Object, X extends Exception> T inside(
            NamespaceRef namespace, int fd, Task<T, X> task) throws X {
        return Worker.current().inside(namespace, fd, task);
    }

    /**
     * Runs the task inside a namespace that is made for it, on the calling worker; it ends with the task, unless the task keeps it.
     *
     * @throws X what the task throws
     * @throws io.cnm4j.api.error.KernelException if it cannot be made
     */
    public static <T extends @Nullable Object, X extends Exception> T insideNew(Task<T, X> task) throws X {
        return Worker.current().insideNew(task);
    }

    /**
     * Runs the task on a thread of its own inside the namespace, not on a worker: it may take as long as it likes. An interrupt
     * of the caller is passed on to it.
     *
     * @throws Exception what the task throws
     * @throws io.cnm4j.api.error.KernelException if the namespace cannot be entered
     * @throws ClosedException if the pool is closed
     */
    public <T extends @Nullable Object> T callAside(NamespaceRef namespace, Callable<T> task) throws Exception {
        requireOpen();
        return namespace.isHost() ? Namespaces.visit(home, task) : Namespaces.visit(namespace, task);
    }

    /** Returns where the host namespace can be opened until this pool is closed. */
    public String homePath() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + home;
    }

    private void grow() {
        int now = threads.get();
        while (now < most && now < busy.get()) {
            if (threads.compareAndSet(now, now + 1)) {
                start();
                return;
            }
            now = threads.get();
        }
    }

    private void start() {
        var worker = new Worker(this, numbers.incrementAndGet(), home);
        workers.add(worker);
        try {
            worker.start();
        } catch (Throwable notStarted) { // out of threads
            workers.remove(worker);
            threads.decrementAndGet();
            throw notStarted;
        }
    }

    /** Waits for the next task; null when this worker must end. */
    @Nullable
    HandOff<?> next() {
        while (true) {
            try {
                HandOff<?> next = queue.take();
                if (next != stop) {
                    return next;
                }
                queue.put(stop); // for the next worker
                return null;
            } catch (InterruptedException e) {
                // a task left its interrupt behind; it is over
            }
        }
    }

    int setns(int fd) {
        return setns.applyAsInt(fd);
    }

    /** The worker's last act. */
    void ended(Worker worker) {
        workers.remove(worker);
        threads.decrementAndGet();
        if (!closed) {
            grow(); // for tasks that are waiting
        } else if (workers.isEmpty()) {
            closeHome();
        }
    }

    /**
     * Refuses what waits, lets what runs come to its end for up to ten seconds, ends the threads and closes the host namespace. A
     * task that runs longer ends its thread afterwards. Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (HandOff<?> waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            waiting.refuse(closedException());
        }
        queue.put(stop);
        join(Deadline.after(CLOSE_LIMIT));
        if (workers.isEmpty()) {
            closeHome();
        }
    }

    private void join(Deadline deadline) {
        try {
            for (Worker worker : workers) {
                if (worker != Thread.currentThread() && !deadline.isOver()) {
                    worker.join(1 + deadline.remainingNanos() / 1_000_000);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the threads end by themselves
        }
    }

    private void closeHome() {
        if (homeClosed.compareAndSet(false, true)) {
            CALLS.close(home);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw closedException();
        }
    }

    private static ClosedException closedException() {
        return new ClosedException("the namespace workers are closed; open the controller again");
    }
}
