package io.cnm4j.core;

import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Claim;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** Files and name server of a sandbox follow its endpoints: what they are is derived, so a crash between two steps is put right at open. */
final class Follow {
    private static final Duration BACK_LIMIT = Duration.ofSeconds(20);

    private final Engine engine;

    Follow(Engine engine) {
        this.engine = engine;
    }

    /** Returns what would be written for a sandbox with these endpoints. */
    Plan preview(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        return engine.compose.sandbox(sandbox, endpoints).beyond(engine.compose.sandbox(sandbox));
    }

    /**
     * Brings a sandbox to these endpoints and commits. In the sandbox' turn. If one of them fails all is as before.
     *
     * @param commit what records the endpoints
     */
    void to(SandboxRecord sandbox, Collection<EndpointRecord> endpoints, Runnable commit, Deadline deadline) {
        var step = new Step(sandbox, endpoints);
        try {
            ensure(step.begin(), deadline);
            step.end(commit, deadline);
        } catch (RuntimeException | Error failure) {
            step.back(failure);
            throw failure;
        }
    }

    private void ensure(Plan made, Deadline deadline) {
        if (!made.isEmpty()) {
            engine.parts.executor().ensure(made, deadline);
        }
    }

    /** Returns the way of a sandbox to these endpoints, for who has more to do on it. In the sandbox' turn until it has ended or is back. */
    Step step(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        return new Step(sandbox, endpoints);
    }

    /** One way of a sandbox from what it has to what it is to have. Used by one thread. */
    final class Step {
        private final SandboxRecord sandbox;
        private final Collection<EndpointRecord> endpoints;
        private Plan before = Plan.EMPTY;
        private Plan after = Plan.EMPTY;
        private Plan gone = Plan.EMPTY;
        private boolean begun;

        private Step(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
            this.sandbox = sandbox;
            this.endpoints = endpoints;
        }

        private Owner owner() {
            return Owner.of(sandbox);
        }

        /** Claims what the sandbox is to have; returns what of it is to be ensured now. Asks the kernel for nothing. */
        Plan begin() {
            before = engine.claims.plan(owner()).orElse(Plan.EMPTY);
            after = engine.compose.sandbox(sandbox, endpoints);
            engine.claims.take(owner(), after);
            begun = true;
            gone = dropped(before, after);
            return after.beyond(before);
        }

        /** Drops what the sandbox had and is not to have, and commits. */
        void end(Runnable commit, Deadline deadline) {
            drop(gone, deadline);
            commit.run();
        }

        /** Has all as it was, if this has begun; what cannot be is added to the failure. */
        void back(Throwable failure) {
            if (!begun) {
                return;
            }
            boolean interrupted = Thread.interrupted();
            engine.claims.take(owner(), before);
            Deadline limit = Deadline.after(BACK_LIMIT);
            try {
                ensure(before.beyond(after), limit);
                drop(dropped(after, before), limit);
            } catch (RuntimeException | Error also) { // a check names what is wrong now
                failure.addSuppressed(also);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** Returns what is there no more, but for what is there otherwise. */
    private static Plan dropped(Plan from, Plan to) {
        Plan rest = from.beyond(to);
        if (rest.isEmpty()) {
            return rest;
        }
        Set<String> kept = to.claims().stream().map(Claim::object).collect(Collectors.toSet());
        return rest.filter(
                op -> op.claim().map(claim -> !kept.contains(claim.object())).orElse(false));
    }

    private void drop(Plan gone, Deadline deadline) {
        if (!gone.isEmpty()) {
            engine.parts.executor().remove(gone, deadline);
        }
    }
}
