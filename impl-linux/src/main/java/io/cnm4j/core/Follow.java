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
        Owner owner = Owner.of(sandbox);
        Plan before = engine.claims.plan(owner).orElse(Plan.EMPTY);
        Plan after = engine.compose.sandbox(sandbox, endpoints);
        engine.claims.take(owner, after);
        try {
            change(before, after, deadline);
            commit.run();
        } catch (RuntimeException | Error failure) {
            back(owner, after, before, failure);
            throw failure;
        }
    }

    private void change(Plan from, Plan to, Deadline deadline) {
        Plan made = to.beyond(from);
        Set<String> kept = to.claims().stream().map(Claim::object).collect(Collectors.toSet());
        Plan gone = from.beyond(to)
                .filter(op ->
                        op.claim().map(claim -> !kept.contains(claim.object())).orElse(false));
        if (!made.ops().isEmpty()) {
            engine.parts.executor().ensure(made, deadline);
        }
        if (!gone.ops().isEmpty()) {
            engine.parts.executor().remove(gone, deadline);
        }
    }

    private void back(Owner owner, Plan from, Plan to, Throwable failure) {
        boolean interrupted = Thread.interrupted();
        engine.claims.take(owner, to);
        try {
            change(from, to, Deadline.after(BACK_LIMIT));
        } catch (RuntimeException | Error also) { // a check names what is wrong now
            failure.addSuppressed(also);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
