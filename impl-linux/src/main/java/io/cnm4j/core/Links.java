package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.spi.host.Deadline;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Links are lines of hosts files, on networks without resolution, and openings: they follow whom they name. SB-08, BI-17. Thread-safe. */
final class Links {
    private static final Logger LOG = LoggerFactory.getLogger(Links.class);

    private final Engine engine;

    Links(Engine engine) {
        this.engine = engine;
    }

    /** These endpoints came into a sandbox, or left it. Outside of any turn: each file changes in the turn of its sandbox. */
    void follow(Collection<EndpointRecord> moved, Deadline deadline) {
        moved.stream()
                .flatMap(endpoint -> linking(endpoint).stream())
                .distinct()
                .forEach(sandbox -> follow(sandbox, deadline));
    }

    /** Returns the sandboxes that link to the endpoint, and its own if it links: others may have moved while it did. */
    private Set<SandboxId> linking(EndpointRecord moved) {
        boolean links = !moved.called().links().isEmpty();
        List<EndpointRecord> concerned = Stream.concat(
                        links ? Stream.of(moved) : Stream.empty(),
                        engine.compose.links().linkingTo(moved))
                .toList();
        if (concerned.isEmpty()
                || engine.parts
                        .ledger()
                        .network(moved.network())
                        .filter(engine.compose.links()::matter)
                        .isEmpty()) {
            return Set.of();
        }
        return concerned.stream()
                .flatMap(linking -> engine.parts.ledger().endpoint(linking.id()).stream())
                .flatMap(linking -> linking.joined().stream())
                .map(EndpointRecord.Joined::sandbox)
                .collect(Collectors.toSet());
    }

    private void follow(SandboxId id, Deadline deadline) {
        Ledger ledger = engine.parts.ledger();
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            ledger.sandbox(id)
                    .ifPresent(sandbox -> engine.follow.to(sandbox, ledger.endpointsIn(id), () -> {}, deadline));
        } catch (CnmException damage) {
            LOG.warn("sandbox {} does not follow its links; repair it", id.shortForm(), damage);
        }
    }
}
