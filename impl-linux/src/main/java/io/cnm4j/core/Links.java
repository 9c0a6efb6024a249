package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.host.Deadline;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** On networks without resolution links are lines of hosts files: they follow whom they name. SB-08. Thread-safe. */
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
        Ledger ledger = engine.parts.ledger();
        Optional<NetworkRecord> network = ledger.network(moved.network());
        if (network.isEmpty() || network.orElseThrow().resolution()) {
            return Set.of();
        }
        return ledger.endpointsOn(moved.network()).stream()
                .filter(other -> other.called().links().values().stream()
                        .anyMatch(name -> other.id().equals(moved.id()) || Naming.isCalled(moved, name)))
                .flatMap(other -> other.joined().stream())
                .map(EndpointRecord.Joined::sandbox)
                .collect(Collectors.toSet());
    }

    private void follow(SandboxId id, Deadline deadline) {
        Ledger ledger = engine.parts.ledger();
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            ledger.sandbox(id)
                    .ifPresent(sandbox -> engine.follow.to(sandbox, ledger.endpointsIn(id), () -> {}, deadline));
        } catch (CnmException damage) {
            LOG.warn("the hosts file of sandbox {} does not follow its links; repair it", id.shortForm(), damage);
        }
    }
}
