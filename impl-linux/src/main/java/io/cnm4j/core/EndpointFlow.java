package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.core.Placing.Placed;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.Preview;
import io.cnm4j.spi.plan.Preview.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Endpoints are born, join, leave and go. */
final class EndpointFlow {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointFlow.class);

    private final Engine engine;
    private final NetworkFlow networks;
    private final SandboxFlow sandboxes;
    private final Placing placing;
    private final Births births;

    EndpointFlow(Engine engine, NetworkFlow networks, SandboxFlow sandboxes) {
        this.engine = engine;
        this.networks = networks;
        this.sandboxes = sandboxes;
        this.placing = new Placing(engine);
        this.births = new Births(engine, networks, sandboxes);
    }

    EndpointRecord create(NetworkId networkId, EndpointRequest request, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.shared("network " + networkId, deadline)) {
            EndpointRecord endpoint = births.claimed(networks.existing(networkId), request, deadline);
            try {
                engine.parts.ledger().change(List.of(endpoint), List.of());
                return endpoint;
            } catch (RuntimeException | Error failure) {
                sandboxes.forget(endpoint);
                engine.effects.undo(endpoint.id().value(), failure);
                throw failure;
            } finally {
                engine.effects.landed(endpoint.id().value());
            }
        }
    }

    EndpointRecord connect(NetworkId networkId, SandboxId sandboxId, EndpointRequest request, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn mine = engine.turns.exclusive("sandbox " + sandboxId, deadline);
                Turns.Turn ours = engine.turns.shared("network " + networkId, deadline)) {
            SandboxRecord sandbox = sandboxes.existing(sandboxId);
            NetworkRecord network = networks.existing(networkId);
            EndpointRecord endpoint = births.claimed(network, request, deadline);
            try {
                return joined(endpoint, network, sandbox, deadline);
            } catch (RuntimeException | Error failure) {
                sandboxes.forget(endpoint);
                engine.effects.undo(endpoint.id().value(), failure);
                throw failure;
            } finally {
                engine.effects.landed(endpoint.id().value());
            }
        }
    }

    void join(EndpointId id, SandboxId sandboxId, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn mine = engine.turns.exclusive("sandbox " + sandboxId, deadline);
                Turns.Turn own = engine.turns.exclusive("endpoint " + id, deadline)) {
            SandboxRecord sandbox = sandboxes.existing(sandboxId);
            EndpointRecord endpoint = existing(id);
            if (endpoint.joined().isPresent()) { // JN-03
                throw new InUseException("endpoint '" + endpoint.name() + "' is already in sandbox "
                        + endpoint.joined().orElseThrow().sandbox().shortForm() + "; leave it first");
            }
            try {
                joined(endpoint, engine.compose.network(endpoint), sandbox, deadline);
            } catch (RuntimeException | Error failure) {
                engine.effects.undo(id.value(), failure);
                throw failure;
            }
        }
    }

    /** Makes the interface, lets it take over as gateway where that is its part, and records both. JN-07, GW-05 */
    private EndpointRecord joined(
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Deadline deadline) {
        if (engine.cluster.isEmpty()) {
            return settled(endpoint, network, sandbox, deadline);
        }
        Cluster cluster = engine.cluster.orElseThrow();
        try (Turns.Turn presence = cluster.turn(List.of(network), deadline)) {
            try {
                cluster.enter(network, endpoint, deadline);
                EndpointRecord inside = settled(endpoint, network, sandbox, deadline);
                cluster.adjust(network, deadline);
                return inside;
            } catch (RuntimeException | Error failure) {
                cluster.adjust(network, failure);
                throw failure;
            }
        }
    }

    private EndpointRecord settled(
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Deadline deadline) {
        Effects.Ready ready = engine.effects.join(endpoint, network, sandbox, deadline);
        Placed placed = placing.placed(ready.endpoint(), ready.network(), sandbox);
        Owner owner = Owner.of(placed.endpoint());
        engine.effects.moving(placed.endpoint(), placed.plan());
        engine.apply(owner, placed.plan(), placed.taken(), deadline);
        try {
            engine.effects.serve(placed.endpoint(), true, deadline);
            engine.parts.executor().ensure(placed.taken(), deadline);
            engine.follow.to(
                    sandbox,
                    inside(sandbox, placed.changed()),
                    () -> engine.parts.ledger().change(placed.changed(), List.of()),
                    deadline);
        } catch (RuntimeException | Error failure) {
            engine.undo(owner, placed.plan(), placed.given(), failure);
            throw failure;
        }
        engine.book.joined(placed.endpoint(), sandbox);
        claimAnew(placed.yielding(), sandbox);
        return placed.endpoint();
    }

    private void claimAnew(List<EndpointRecord> changed, SandboxRecord sandbox) {
        changed.forEach(
                endpoint -> engine.claims.take(Owner.of(endpoint), engine.compose.attachment(endpoint, sandbox)));
    }

    /** Returns the endpoints of a sandbox with these in place of what they were. */
    private List<EndpointRecord> inside(SandboxRecord sandbox, List<EndpointRecord> changed) {
        var all = new ArrayList<EndpointRecord>(changed);
        engine.parts.ledger().endpointsIn(sandbox.id()).stream()
                .filter(there -> changed.stream().noneMatch(one -> one.id().equals(there.id())))
                .forEach(all::add);
        return all;
    }

    Preview previewConnect(NetworkId networkId, SandboxId sandboxId, EndpointRequest request) {
        engine.checkOpen();
        NetworkRecord network = networks.existing(networkId);
        SandboxRecord sandbox = sandboxes.existing(sandboxId);
        engine.effects.refuseDryRun(network);
        EndpointRecord endpoint = births.born(network, request, Deadline.after(Duration.ZERO));
        try {
            Placing.Placed placed = placing.placed(endpoint, network, sandbox);
            Plan follows = engine.follow.preview(sandbox, inside(sandbox, placed.changed()));
            return new Preview(Direction.APPLY, placed.plan().then(follows));
        } finally {
            sandboxes.forget(endpoint);
        }
    }

    Preview previewDisconnect(EndpointId id) {
        engine.checkOpen();
        EndpointRecord endpoint = existing(id);
        return new Preview(
                Direction.REMOVE,
                endpoint.joined()
                        .map(j -> engine.compose.attachment(endpoint, sandboxes.existing(j.sandbox())))
                        .orElse(Plan.EMPTY));
    }

    /** Takes the endpoint out of its sandbox; deletes it too if asked. */
    void leave(EndpointId id, boolean andDelete, Deadline deadline) {
        engine.checkOpen();
        Optional<Joined> where = existing(id).joined();
        if (where.isEmpty()) {
            if (!andDelete) {
                throw new InvalidRequestException(
                        "endpoint '" + existing(id).name() + "' is in no sandbox; there is nothing to leave");
            }
            delete(id, deadline);
            return;
        }
        SandboxId sandboxId = where.orElseThrow().sandbox();
        try (Turns.Turn mine = engine.turns.exclusive("sandbox " + sandboxId, deadline);
                Turns.Turn own = engine.turns.exclusive("endpoint " + id, deadline)) {
            EndpointRecord endpoint = existing(id);
            if (!endpoint.isIn(sandboxId)) {
                throw new ConflictException(
                        "endpoint '" + endpoint.name() + "' moved while this call waited; try again");
            }
            NetworkRecord network = engine.compose.network(endpoint);
            boolean inTwoSteps = andDelete && engine.effects.concern(network);
            try (Turns.Turn presence = engine.presence(List.of(network), deadline)) {
                takeOut(endpoint, sandboxes.existing(sandboxId), andDelete && !inTwoSteps, deadline);
                engine.cluster.ifPresent(cluster -> cluster.adjust(network, deadline));
            }
            if (inTwoSteps) {
                remove(existing(id), deadline);
            } else if (andDelete) {
                sandboxes.forget(endpoint);
            }
        }
    }

    private void takeOut(EndpointRecord endpoint, SandboxRecord sandbox, boolean andDelete, Deadline deadline) {
        if (sandbox.inHost()) { // HN-04
            throw new InvalidRequestException("sandbox of container '" + sandbox.containerId()
                    + "' is in the host's namespace and cannot leave it; delete the sandbox");
        }
        engine.effects.leave(endpoint, deadline);
        List<EndpointRecord> heirs = heirs(endpoint, sandbox);
        engine.remove(
                Owner.of(endpoint),
                engine.compose.attachment(endpoint, sandbox),
                () -> {
                    heirs.forEach(heir -> takeOver(heir, sandbox, deadline));
                    List<EndpointRecord> staying = inside(sandbox, heirs).stream()
                            .filter(other -> !other.id().equals(endpoint.id()))
                            .toList();
                    engine.follow.to(sandbox, staying, () -> settle(endpoint, heirs, andDelete), deadline);
                },
                deadline);
        engine.book.left(endpoint, sandbox);
        claimAnew(heirs, sandbox);
        engine.effects.left(endpoint);
    }

    /** Gives an heir its default routes. If its link is damaged that is no reason to stay: a check names what is missing. */
    private void takeOver(EndpointRecord heir, SandboxRecord sandbox, Deadline deadline) {
        Plan had = engine.claims.plan(Owner.of(heir)).orElse(Plan.EMPTY);
        try {
            engine.parts
                    .executor()
                    .ensure(engine.compose.attachment(heir, sandbox).without(had.ops()), deadline);
        } catch (KernelException damage) {
            LOG.warn("endpoint '{}' could not take over as gateway; repair it", heir.name(), damage);
        }
    }

    private void settle(EndpointRecord left, List<EndpointRecord> inheriting, boolean andDelete) {
        var changed = new ArrayList<>(inheriting);
        if (!andDelete) {
            changed.add(left.withJoined(Optional.empty()));
        }
        engine.parts.ledger().change(changed, andDelete ? List.of(left) : List.of());
    }

    /** Returns who becomes gateway in place of the endpoint that leaves, as they are then. LV-02 */
    private List<EndpointRecord> heirs(EndpointRecord leaving, SandboxRecord sandbox) {
        return Gateways.changed(engine.parts.ledger().endpointsIn(sandbox.id()).stream()
                .filter(other -> !other.id().equals(leaving.id()))
                .map(placing::candidate)
                .toList());
    }

    void delete(EndpointId id, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn own = engine.turns.exclusive("endpoint " + id, deadline)) {
            EndpointRecord endpoint = existing(id);
            if (endpoint.joined().isPresent()) { // DL-01
                throw new InUseException("endpoint '" + endpoint.name() + "' is in sandbox "
                        + endpoint.joined().orElseThrow().sandbox().shortForm() + "; leave it first, or disconnect");
            }
            remove(endpoint, deadline);
        }
    }

    private void remove(EndpointRecord endpoint, Deadline deadline) {
        engine.effects.remove(endpoint, deadline);
        engine.parts.ledger().change(List.of(), List.of(endpoint));
        engine.effects.gone(endpoint.id().value());
        sandboxes.forget(endpoint);
    }

    EndpointRecord existing(EndpointId id) {
        return engine.parts
                .ledger()
                .endpoint(id)
                .orElseThrow(
                        () -> new NotFoundException("no endpoint has id " + id + "; it was deleted, or never was"));
    }

    EndpointRecord named(NetworkRecord network, String name) { // NM-04
        if (name.isBlank()) {
            throw new InvalidRequestException("endpoint name is blank; ask for a name");
        }
        return engine.names
                .owner(Engine.endpointSpace(network), name)
                .flatMap(id -> engine.parts.ledger().endpoint(new EndpointId(id)))
                .orElseThrow(() -> new NotFoundException(
                        "network '" + network.name() + "' has no endpoint called '" + name + "'"));
    }
}
