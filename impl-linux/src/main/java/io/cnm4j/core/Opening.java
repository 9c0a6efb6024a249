package io.cnm4j.core;

import io.cnm4j.core.ledger.Draft;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.Plan;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A sandbox gets its namespace, its files and its record. What is not needed to begin with the namespace is worked out while that is made.
 * Used once, by one thread in the sandbox' turn.
 */
final class Opening {
    private final Engine engine;
    private final Owner owner;
    private final Plan beginning;
    private final Supplier<SandboxRecord> whole;
    private Optional<Begun> begun = Optional.empty();

    /** What there is besides the namespace. */
    private record Begun(SandboxRecord sandbox, Plan plan, Draft draft, Runnable news) {}

    /**
     * @param asked the sandbox, perhaps without what only its files need
     * @param whole returns it with all
     */
    Opening(Engine engine, SandboxRecord asked, Supplier<SandboxRecord> whole) {
        this.engine = engine;
        this.owner = Owner.of(asked);
        this.beginning = engine.compose.beginning(asked);
        this.whole = whole;
    }

    /** Makes all of it. If that fails all is as before. */
    SandboxRecord opened(Deadline deadline) {
        try {
            engine.apply(owner, beginning, this::follow, deadline);
        } catch (RuntimeException | Error failure) {
            begun.ifPresent(all -> engine.undo(owner, all.plan.without(beginning.ops()), failure));
            throw failure;
        }
        Begun all = begun.orElseThrow();
        try {
            all.draft.commit();
        } catch (RuntimeException | Error failure) {
            engine.undo(owner, all.plan, failure);
            throw failure;
        }
        all.news.run();
        return all.sandbox;
    }

    /** The caller's part while the kernel is busy with the namespace. */
    private Sequel follow() {
        SandboxRecord sandbox = whole.get();
        Plan plan = engine.compose.sandbox(sandbox);
        Draft draft = engine.parts.ledger().draft(sandbox);
        begun = Optional.of(new Begun(sandbox, plan, draft, engine.book.opening(sandbox)));
        engine.claims.take(owner, plan);
        draft.encode();
        return new Sequel(Plan.EMPTY, plan.without(beginning.ops()));
    }
}
