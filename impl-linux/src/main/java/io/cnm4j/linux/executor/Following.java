package io.cnm4j.linux.executor;

import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.Plan;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What follows the beginning of a plan: the caller's thread works it out while a worker is busy with the beginning, and that waits for it
 * then. What is ensured is another worker's, if one is free.
 */
final class Following implements Runnable {
    private final Supplier<Sequel> source;
    private final Function<Plan, Aside<Receipt>> ensure;
    private final CompletableFuture<Told> told = new CompletableFuture<>();

    /** What the caller said, and what has begun of it. */
    private record Told(Plan rest, Aside<Receipt> ensured) {}

    /**
     * @param source asked by the caller's thread
     * @param ensure begins with what is ensured
     */
    Following(Supplier<Sequel> source, Function<Plan, Aside<Receipt>> ensure) {
        this.source = source;
        this.ensure = ensure;
    }

    /** The caller's part. Does not throw. */
    @Override
    public void run() {
        try {
            Sequel sequel = source.get();
            told.complete(new Told(sequel.rest(), ensure.apply(sequel.ensured())));
        } catch (Throwable failure) { // it is the worker who has something to undo
            told.completeExceptionally(failure);
        }
    }

    /** The worker's part: returns the rest, or throws what the source threw. */
    Plan rest() {
        return Aside.outcome(told).rest();
    }

    /** The worker's part after that: returns when what is ensured is so, or throws what came in its way. */
    Receipt ensured() {
        return Aside.outcome(told).ensured().join();
    }

    /** Ends it, by the caller: what has begun comes to its end, what has not never begins. */
    void settle() {
        if (told.isDone() && !told.isCompletedExceptionally()) {
            told.join().ensured().settle();
        }
    }
}
