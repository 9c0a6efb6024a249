package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.ledger.SandboxRecord.External;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/** Sandboxes get the namespaces that are handed over after they were made, with all that their endpoints mean. XK-04 to XK-06 */
final class KeyFlow {
    private final Engine engine;
    private final SandboxFlow sandboxes;

    KeyFlow(Engine engine, SandboxFlow sandboxes) {
        this.engine = engine;
        this.sandboxes = sandboxes;
    }

    /** Takes over a namespace, in place of one that was handed over before. If that fails the sandbox awaits one as before. */
    void take(SandboxId id, Path path, Deadline deadline) {
        engine.checkOpen();
        if (!path.isAbsolute()) {
            throw new InvalidRequestException("namespace path '" + path + "' must be absolute");
        }
        var source = NamespaceRef.at(path.toString());
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            SandboxRecord sandbox = sandboxes.existing(id);
            if (sandbox.external().isEmpty()) {
                throw new InvalidRequestException("sandbox of container '" + sandbox.containerId()
                        + "' has its namespace already; request it with namespaceLater to hand over one");
            }
            var handed = new External(source.path(), engine.parts.namespaces().identity(source));
            letGo(sandbox, deadline);
            fill(sandbox.handed(handed), deadline);
        }
    }

    /** Takes everything out of the namespace of before, which may be gone, or one of which a call that failed has left something. */
    private void letGo(SandboxRecord sandbox, Deadline deadline) {
        List<EndpointRecord> endpoints = sandboxes.endpoints(sandbox.id());
        for (EndpointRecord endpoint : endpoints) {
            Plan plan = engine.claims.plan(Owner.of(endpoint)).orElse(Plan.EMPTY);
            engine.remove(Owner.of(endpoint), plan, () -> {}, deadline);
            await(endpoint);
        }
        SandboxRecord awaiting = sandbox.handed(External.AWAITED);
        if (!sandbox.awaitsNamespace()) { // first: at open one without the namespace that it had is forgotten
            engine.parts.ledger().put(awaiting);
        }
        engine.follow.to(awaiting, endpoints, () -> {}, deadline);
    }

    private void await(EndpointRecord endpoint) {
        engine.claims.take(Owner.of(endpoint), Plan.EMPTY);
    }

    private void fill(SandboxRecord sandbox, Deadline deadline) {
        List<EndpointRecord> endpoints = sandboxes.endpoints(sandbox.id());
        engine.follow.to(sandbox, endpoints, () -> populate(sandbox, endpoints, deadline), deadline);
    }

    private void populate(SandboxRecord sandbox, List<EndpointRecord> endpoints, Deadline deadline) {
        var done = new ArrayDeque<EndpointRecord>();
        try {
            for (EndpointRecord endpoint : endpoints) {
                Plan plan = engine.compose.attachment(endpoint, sandbox);
                engine.effects.moving(endpoint, plan);
                engine.apply(Owner.of(endpoint), plan, deadline);
                done.push(endpoint);
            }
            engine.parts.ledger().put(sandbox);
        } catch (RuntimeException | Error failure) {
            done.forEach(
                    endpoint -> engine.undo(Owner.of(endpoint), engine.compose.attachment(endpoint, sandbox), failure));
            endpoints.forEach(this::await);
            throw failure;
        }
    }
}
