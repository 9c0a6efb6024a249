package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Endpoints are born, join, leave and go. */
final class EndpointFlow {
    private final Engine engine;
    private final NetworkFlow networks;
    private final SandboxFlow sandboxes;
    private final Placing placing;
    private final Births births;
    private final Joining joining;
    private final Leaving leaving;

    EndpointFlow(Engine engine, NetworkFlow networks, SandboxFlow sandboxes) {
        this.engine = engine;
        this.networks = networks;
        this.sandboxes = sandboxes;
        this.placing = new Placing(engine);
        this.births = new Births(engine, networks, sandboxes);
        this.joining = new Joining(engine, placing);
        this.leaving = new Leaving(engine, placing);
    }

    EndpointRecord create(NetworkId networkId, EndpointRequest request, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.shared("network " + networkId, deadline)) {
            EndpointRecord endpoint = births.claimed(networks.existing(networkId), request, Optional.empty(), deadline);
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
        try (Turns.Turn mine = engine.turns.exclusive("sandbox " + sandboxId, deadline)) {
            SandboxRecord sandbox = sandboxes.existing(sandboxId);
            try {
                return connectIn(networkId, sandbox, request, false, deadline);
            } finally {
                engine.waysOut().follow(sandbox);
            }
        }
    }

    /**
     * The same for who has the sandbox' turn.
     *
     * @param wayOut whether the endpoint is the controller's own, to lead the sandbox outside
     */
    EndpointRecord connectIn(
            NetworkId networkId, SandboxRecord sandbox, EndpointRequest request, boolean wayOut, Deadline deadline) {
        try (Turns.Turn ours = engine.turns.shared("network " + networkId, deadline)) {
            NetworkRecord network = networks.existing(networkId);
            EndpointRecord born = births.claimed(network, request, Optional.of(sandbox), deadline);
            EndpointRecord endpoint = wayOut ? born.asWayOutOf(sandbox.id()) : born;
            try {
                return joined(endpoint, network, sandbox, deadline);
            } catch (RuntimeException | Error failure) {
                sandboxes.forget(endpoint);
                engine.effects.undo(endpoint.id().value(), failure);
                engine.effects.serving().asRecorded(sandbox.id(), failure);
                throw failure;
            } finally {
                engine.effects.landed(endpoint.id().value());
            }
        }
    }

    void join(EndpointId id, SandboxId sandboxId, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn mine = engine.turns.exclusive("sandbox " + sandboxId, deadline)) {
            SandboxRecord sandbox = sandboxes.existing(sandboxId);
            try {
                joinIn(id, sandbox, deadline);
            } finally {
                engine.waysOut().follow(sandbox);
            }
        }
    }

    private void joinIn(EndpointId id, SandboxRecord sandbox, Deadline deadline) {
        try (Turns.Turn network = engine.turns.shared("network " + existing(id).network(), deadline);
                Turns.Turn own = engine.turns.exclusive("endpoint " + id, deadline)) {
            EndpointRecord endpoint = existing(id);
            if (endpoint.joined().isPresent()) { // JN-03
                throw new InUseException("endpoint '" + endpoint.name() + "' is already in sandbox "
                        + endpoint.joined().orElseThrow().sandbox().shortForm() + "; leave it first");
            }
            try {
                joined(endpoint, engine.compose.network(endpoint), sandbox, deadline);
            } catch (RuntimeException | Error failure) {
                engine.effects.undo(id.value(), failure);
                engine.effects.serving().asRecorded(sandbox.id(), failure);
                throw failure;
            }
        }
    }

    /** Makes the interface, lets it take over as gateway where that is its part, and records both. JN-07, GW-05 */
    private EndpointRecord joined(
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Deadline deadline) {
        Effects.Ready ready = engine.effects.join(endpoint, network, sandbox, deadline);
        engine.waysOut().precede(ready.endpoint(), sandbox, deadline);
        if (engine.cluster.isEmpty()) {
            return joining.joined(ready, sandbox, deadline);
        }
        Cluster cluster = engine.cluster.orElseThrow();
        EndpointRecord inside = present(cluster, ready, sandbox, deadline);
        cluster.announce(inside);
        return inside;
    }

    private EndpointRecord present(Cluster cluster, Effects.Ready ready, SandboxRecord sandbox, Deadline deadline) {
        NetworkRecord network = ready.network();
        try (Turns.Turn presence = cluster.presence.turn(List.of(network), deadline)) {
            try {
                cluster.presence.enter(network, ready.endpoint(), deadline);
                return joining.joined(ready, sandbox, deadline);
            } catch (RuntimeException | Error failure) {
                cluster.presence.adjust(network, failure);
                throw failure;
            }
        }
    }

    Preview previewConnect(NetworkId networkId, SandboxId sandboxId, EndpointRequest request) {
        engine.checkOpen();
        NetworkRecord network = networks.existing(networkId);
        SandboxRecord sandbox = sandboxes.existing(sandboxId);
        engine.effects.refuseDryRun(network);
        EndpointRecord endpoint = births.born(network, request, Deadline.after(Duration.ZERO));
        try {
            Placed placed = placing.placed(placing.place(endpoint, network, sandbox), Set.of());
            placed.ports().undo();
            Plan follows = engine.follow.preview(sandbox, placed.ports().records());
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
        leave(id, andDelete, () -> true, deadline);
    }

    /** The same, unless nobody wants it any more when its turn has come. */
    void leave(EndpointId id, boolean andDelete, BooleanSupplier wanted, Deadline deadline) {
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
        try (Turns.Turn mine = engine.turns.exclusive("sandbox " + sandboxId, deadline)) {
            if (!wanted.getAsBoolean()) {
                return;
            }
            WaysOut.refuse(existing(id));
            SandboxRecord sandbox = sandboxes.existing(sandboxId);
            try {
                takeOut(id, sandbox, andDelete, deadline);
            } finally { // it may be out and not deleted
                engine.waysOut().follow(sandbox);
            }
        }
    }

    /** The same for who has the sandbox' turn. */
    void takeOut(EndpointId id, SandboxRecord sandbox, boolean andDelete, Deadline deadline) {
        try (Turns.Turn own = engine.turns.exclusive("endpoint " + id, deadline)) {
            EndpointRecord endpoint = existing(id);
            if (!endpoint.isIn(sandbox.id())) {
                throw new ConflictException(
                        "endpoint '" + endpoint.name() + "' moved while this call waited; try again");
            }
            NetworkRecord network = engine.compose.network(endpoint);
            boolean inTwoSteps = andDelete && engine.effects.concern(network);
            try (Turns.Turn presence = engine.presence(List.of(network), deadline)) {
                leaving.takeOut(endpoint, sandbox, andDelete && !inTwoSteps, deadline);
                engine.cluster.ifPresent(cluster -> cluster.presence.adjustSoon(network, deadline));
            }
            engine.cluster.filter(unused -> !andDelete).ifPresent(cluster -> cluster.announce(endpoint));
            if (inTwoSteps) {
                remove(existing(id), deadline);
            } else if (andDelete) {
                sandboxes.forget(endpoint);
            }
        }
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
