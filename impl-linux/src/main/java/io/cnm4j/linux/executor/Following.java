package io.cnm4j.linux.executor;

import io.cnm4j.spi.host.Sequel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** The rest of a plan that the caller's thread works out while a worker is busy with the beginning; the worker waits for it then. */
final class Following implements Runnable, Supplier<Sequel> {
    private final Supplier<Sequel> source;
    private final CompletableFuture<Sequel> sequel = new CompletableFuture<>();

    Following(Supplier<Sequel> source) {
        this.source = source;
    }

    /** The caller's part. Does not throw. */
    @Override
    public void run() {
        try {
            sequel.complete(source.get());
        } catch (Throwable failure) { // it is the worker who has something to undo
            sequel.completeExceptionally(failure);
        }
    }

    /** The worker's part: throws what the source threw. */
    @Override
    public Sequel get() {
        try {
            return sequel.join();
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
