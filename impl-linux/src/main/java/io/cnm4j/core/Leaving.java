package io.cnm4j.core;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An endpoint leaves its sandbox; those that stay take over as gateway, with default routes and published ports. */
final class Leaving {
    private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);
    private static final Duration BACK_LIMIT = Duration.ofSeconds(20);

    private final Engine engine;
    private final Placing placing;

    Leaving(Engine engine, Placing placing) {
        this.engine = engine;
        this.placing = placing;
    }

    /** Takes the endpoint out of its sandbox, and deletes it if asked. */
    void takeOut(EndpointRecord endpoint, SandboxRecord sandbox, boolean andDelete, Deadline deadline) {
        if (sandbox.inHost()) { // HN-04
            throw new InvalidRequestException("sandbox of container '" + sandbox.containerId()
                    + "' is in the host's namespace and cannot leave it; delete the sandbox");
        }
        engine.effects.leave(endpoint, deadline);
        List<EndpointRecord> there = List.copyOf(engine.parts.ledger().endpointsIn(sandbox.id()));
        Publishing.Shift ports = staying(endpoint, there, sandbox); // LV-02
        List<EndpointRecord> heirs = ports.records().stream()
                .filter(record -> !there.contains(record))
                .toList();
        List<Move> moves =
                heirs.stream().map(heir -> placing.moveTo(heir, sandbox)).toList();
        try {
            engine.remove(
                    Owner.of(endpoint),
                    engine.compose.attachment(endpoint, sandbox),
                    () -> {
                        for (int i = 0; i < moves.size(); i++) {
                            takeOver(moves.get(i), heirs.get(i), deadline);
                        }
                        engine.effects.serving().inherit(there, ports.records(), deadline);
                        engine.follow.to(sandbox, ports.records(), () -> settle(endpoint, heirs, andDelete), deadline);
                    },
                    deadline);
        } catch (RuntimeException | Error failure) {
            back(moves, failure);
            ports.undo();
            engine.effects.serving().asRecorded(sandbox.id(), failure);
            throw failure;
        }
        engine.book.left(endpoint, sandbox);
        engine.claimAnew(heirs, sandbox);
        ports.settle();
        engine.effects.left(endpoint);
    }

    /** Takes the ports that go to those that stay. */
    private Publishing.Shift staying(EndpointRecord leaving, List<EndpointRecord> there, SandboxRecord sandbox) {
        List<EndpointRecord> after = Gateways.among(there.stream()
                .filter(other -> !other.id().equals(leaving.id()))
                .map(placing::candidate)
                .toList());
        return engine.publishing.shift(sandbox, there, after, engine.publishing.any(after), Set.of());
    }

    /** Gives an heir what it takes over. If its link is damaged that is no reason to stay: a check names what is missing. */
    private void takeOver(Move move, EndpointRecord heir, Deadline deadline) {
        try {
            move.make(engine.parts.executor(), deadline);
        } catch (KernelException | ConflictException damage) {
            LOG.warn("endpoint '{}' could not take over as gateway; repair it", heir.name(), damage);
        }
    }

    /** Lets go the ports that heirs got: what the records say is found missing, and the removal can be repeated. */
    private void back(List<Move> moves, Throwable failure) {
        boolean interrupted = Thread.interrupted();
        for (Move move : moves) {
            try {
                move.drop(engine.parts.executor(), Deadline.after(BACK_LIMIT));
            } catch (CnmException also) {
                failure.addSuppressed(also);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle(EndpointRecord left, List<EndpointRecord> inheriting, boolean andDelete) {
        var changed = new ArrayList<>(inheriting);
        if (!andDelete) {
            changed.add(left.withJoined(Optional.empty()));
        }
        engine.parts.ledger().change(changed, andDelete ? List.of(left) : List.of());
    }
}
