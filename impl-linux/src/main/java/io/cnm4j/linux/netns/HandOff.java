package io.cnm4j.linux.netns;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.spi.host.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One task on its way from a caller to a worker and, if he waits, back. The caller may be a virtual thread: it parks, and holds no
 * monitor.
 */
final class HandOff<T extends @Nullable Object> {
    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int DONE = 2;

    private final Callable<T> task;
    private final AtomicInteger open;
    private final @Nullable Thread caller; // who waits
    private final AtomicInteger state = new AtomicInteger(WAITING);
    private @Nullable T result; // written before state becomes DONE
    private @Nullable Throwable failure; // the same

    /** @param open the count of tasks not finished, lowered before the caller goes on */
    HandOff(Callable<T> task, AtomicInteger open) {
        this(task, open, Thread.currentThread());
    }

    private HandOff(Callable<T> task, AtomicInteger open, @Nullable Thread caller) {
        this.task = task;
        this.open = open;
        this.caller = caller;
    }

    /** Returns one that nobody waits for. */
    static HandOff<Boolean> unawaited(Runnable task, AtomicInteger open) {
        Callable<Boolean> run = () -> {
            task.run();
            return true;
        };
        return new HandOff<>(run, open, null);
    }

    /** Runs the task, unless its caller gave up. Returns the error that must end this thread, if there is one. */
    @Nullable
    NamespaceLostError run() {
        if (!state.compareAndSet(WAITING, RUNNING)) {
            return null;
        }
        try {
            result = task.call();
        } catch (Throwable thrown) { // all of it belongs to the caller
            failure = thrown;
        }
        finish();
        return failure instanceof NamespaceLostError lost ? lost : null;
    }

    /** Ends the wait of the caller with {@code reason}, if the task has not begun. Returns whether it did. */
    boolean refuse(CnmException reason) {
        if (!state.compareAndSet(WAITING, RUNNING)) {
            return false;
        }
        failure = reason;
        finish();
        return true;
    }

    private void finish() {
        open.decrementAndGet();
        state.set(DONE);
        LockSupport.unpark(caller);
    }

    /** Waits for a worker until the deadline, and then for the task however long it takes. */
    void await(Deadline deadline) {
        boolean interrupted = false;
        while (state.get() != DONE) {
            if (state.get() == WAITING) {
                LockSupport.parkNanos(this, deadline.remainingNanos());
            } else {
                LockSupport.park(this);
            }
            interrupted |= Thread.interrupted();
            if (state.get() == WAITING && (interrupted || deadline.isOver())) {
                refuse(expired(deadline, interrupted));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static DeadlineException expired(Deadline deadline, boolean interrupted) {
        return deadline.expired("a free namespace worker" + (interrupted ? " (the thread was interrupted)" : ""));
    }

    /** Returns what the task returned, or throws what it threw, with the caller's frames below the worker's. */
    @SuppressWarnings("NullAway") // null only where T allows it: then it is what the task returned
    T result() throws Exception {
        Throwable thrown = failure;
        if (thrown == null) {
            return result;
        }
        thrown.setStackTrace(joined(thrown.getStackTrace(), new Throwable().getStackTrace()));
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    private static StackTraceElement[] joined(StackTraceElement[] worker, StackTraceElement[] caller) {
        var frames = new ArrayList<>(List.of(worker));
        frames.addAll(List.of(caller));
        return frames.toArray(StackTraceElement[]::new);
    }
}
