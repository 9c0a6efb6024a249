package io.cnm4j.linux.executor;

import io.cnm4j.spi.plan.Plan;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A plan that the caller's thread works out while a worker is busy with the one before it; the worker waits for it then. */
final class Following implements Runnable, Supplier<Plan> {
    private final Supplier<Plan> source;
    private final CompletableFuture<Plan> plan = new CompletableFuture<>();

    Following(Supplier<Plan> source) {
        this.source = source;
    }

    /** The caller's part. Does not throw. */
    @Override
    public void run() {
        try {
            plan.complete(source.get());
        } catch (Throwable failure) { // it is the worker who has something to undo
            plan.completeExceptionally(failure);
        }
    }

    /** The worker's part: throws what the source threw. */
    @Override
    public Plan get() {
        try {
            return plan.join();
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
