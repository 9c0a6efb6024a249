package io.cnm4j.linux.executor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Work beside other work: run by whoever comes first, somebody who is free or who waits for it. So nobody waits for what nobody does.
 *
 * @param <T> what it comes to
 */
final class Aside<T> implements Runnable {
    private final Supplier<T> work;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<T> result = new CompletableFuture<>();

    Aside(Supplier<T> work) {
        this.work = work;
    }

    /** Returns work that is done. */
    static <T> Aside<T> done(T result) {
        var done = new Aside<>(() -> result);
        done.run();
        return done;
    }

    /** Does the work, unless somebody has begun with it. Throws only errors, after {@link #join} threw them too. */
    @Override
    public void run() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            result.complete(work.get());
        } catch (Throwable failure) { // it belongs to who waits
            result.completeExceptionally(failure);
            if (failure instanceof Error error) {
                throw error;
            }
        }
    }

    /** Returns what it came to, or throws what it threw; does it now if nobody has begun. */
    T join() {
        run();
        return outcome(result);
    }

    /** Waits until it is over, if it has begun; otherwise nobody ever begins. */
    void settle() {
        if (!begun.compareAndSet(false, true)) {
            result.handle((done, failure) -> true).join();
        }
    }

    /** Returns the outcome when there is one, or throws what was thrown. */
    static <T> T outcome(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            } else if (failed.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw failed;
        }
    }
}
