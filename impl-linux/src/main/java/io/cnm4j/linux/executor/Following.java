package io.cnm4j.linux.executor;

import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.KernelOp.HoldNamespace;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What follows the beginning of a plan: the caller's thread works it out while a worker is busy with the beginning, and that waits for it
 * then. What is ensured is another worker's, if one is free: what lies in a namespace that the beginning makes or holds when that is there,
 * all else at once.
 */
final class Following implements Runnable {
    private static final Aside<Receipt> NOTHING = Aside.done(Receipt.NOTHING);

    private final Set<NamespaceRef> made;
    private final Supplier<Sequel> source;
    private final Function<Plan, Aside<Receipt>> ensure;
    private final CompletableFuture<Told> told = new CompletableFuture<>();
    private volatile Aside<Receipt> inside = NOTHING; // in a namespace that the beginning gives

    /** What the caller said, and what has begun of it. */
    private record Told(Plan rest, Aside<Receipt> ensured, Plan inside) {}

    /**
     * @param source asked by the caller's thread
     * @param ensure begins with what is ensured
     */
    Following(Plan beginning, Supplier<Sequel> source, Function<Plan, Aside<Receipt>> ensure) {
        this.made = beginning.ops().stream()
                .filter(op -> op instanceof MakeNamespace || op instanceof HoldNamespace)
                .map(op -> op.namespace())
                .collect(Collectors.toSet());
        this.source = source;
        this.ensure = ensure;
    }

    /** The caller's part. Does not throw. */
    @Override
    public void run() {
        try {
            Sequel sequel = source.get();
            Plan within = sequel.ensured().filter(op -> made.contains(op.namespace()));
            Plan now = sequel.ensured().filter(op -> !made.contains(op.namespace()));
            told.complete(new Told(sequel.rest(), begun(now), within));
        } catch (Throwable failure) { // it is the worker who has something to undo
            told.completeExceptionally(failure);
        }
    }

    private Aside<Receipt> begun(Plan plan) {
        return plan.isEmpty() ? NOTHING : ensure.apply(plan);
    }

    /** The worker's part when the beginning is made: returns the rest, or throws what the source threw. */
    Plan rest() {
        Told all = Aside.outcome(told);
        inside = begun(all.inside());
        return all.rest();
    }

    /** The worker's part after that: returns when what is ensured is so, or throws what came in its way. */
    Receipt ensured() {
        return Aside.outcome(told).ensured().join().and(inside.join());
    }

    /** Ends it, by the caller: what has begun comes to its end, what has not never begins. */
    void settle() {
        if (told.isDone() && !told.isCompletedExceptionally()) {
            told.join().ensured().settle();
            inside.settle();
        }
    }
}
