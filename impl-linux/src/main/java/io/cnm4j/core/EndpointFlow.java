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
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.Preview;
import io.cnm4j.spi.plan.Preview.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Endpoints are born, join, leave and go. */
final class EndpointFlow {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointFlow.class);

    private final Engine engine;
    private final NetworkFlow networks;
    private final SandboxFlow sandboxes;

    EndpointFlow(Engine engine, NetworkFlow networks, SandboxFlow sandboxes) {
        this.engine = engine;
        this.networks = networks;
        this.sandboxes = sandboxes;
    }

    EndpointRecord create(NetworkId networkId, EndpointRequest request, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.shared("network " + networkId, deadline)) {
            EndpointRecord endpoint = born(networks.existing(networkId), request, deadline);
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
            EndpointRecord endpoint = born(network, request, deadline);
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

    private EndpointRecord joined(
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Deadline deadline) {
        Effects.Ready ready = engine.effects.join(endpoint, network, sandbox, deadline);
        Placed placed = placed(ready.endpoint(), ready.network(), sandbox);
        Owner owner = Owner.of(placed.endpoint);
        engine.effects.moving(placed.endpoint, placed.plan);
        engine.apply(owner, placed.plan, deadline);
        try {
            engine.effects.serve(placed.endpoint, true, deadline);
            engine.parts.ledger().change(List.of(placed.endpoint), List.of());
        } catch (RuntimeException | Error failure) {
            engine.undo(owner, placed.plan, failure);
            throw failure;
        }
        return placed.endpoint;
    }

    Preview previewConnect(NetworkId networkId, SandboxId sandboxId, EndpointRequest request) {
        engine.checkOpen();
        NetworkRecord network = networks.existing(networkId);
        SandboxRecord sandbox = sandboxes.existing(sandboxId);
        engine.effects.refuseDryRun(network);
        EndpointRecord endpoint = born(network, request, Deadline.after(Duration.ZERO));
        try {
            return new Preview(Direction.APPLY, placed(endpoint, network, sandbox).plan);
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
            boolean inTwoSteps = andDelete && engine.effects.concern(engine.compose.network(endpoint));
            takeOut(endpoint, sandboxes.existing(sandboxId), andDelete && !inTwoSteps, deadline);
            if (inTwoSteps) {
                remove(existing(id), deadline);
            }
        }
    }

    private void takeOut(EndpointRecord endpoint, SandboxRecord sandbox, boolean andDelete, Deadline deadline) {
        engine.effects.leave(endpoint, deadline);
        Map<EndpointRecord, List<Family>> heirs = heirs(endpoint, sandbox);
        List<EndpointRecord> inheriting = heirs.entrySet().stream()
                .map(heir -> inheriting(heir.getKey(), heir.getValue()))
                .toList();
        Plan plan = engine.compose.attachment(endpoint, sandbox);
        engine.remove(
                Owner.of(endpoint),
                plan,
                () -> {
                    heirs.forEach((heir, families) -> takeOver(heir, sandbox, families, deadline));
                    settle(endpoint, inheriting, andDelete);
                },
                deadline);
        inheriting.forEach(heir -> engine.claims.take(Owner.of(heir), engine.compose.attachment(heir, sandbox)));
        engine.effects.left(endpoint);
        if (andDelete) {
            sandboxes.forget(endpoint);
        }
    }

    /** Gives an heir its default routes. If its link is damaged that is no reason to stay: a check names what is missing. */
    private void takeOver(EndpointRecord heir, SandboxRecord sandbox, List<Family> families, Deadline deadline) {
        try {
            engine.parts.executor().ensure(engine.compose.takeOver(heir, sandbox, families), deadline);
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

    /** Returns who becomes gateway in place of the endpoint that leaves: the first by network name that can. LV-02 */
    private Map<EndpointRecord, List<Family>> heirs(EndpointRecord leaving, SandboxRecord sandbox) {
        var heirs = new java.util.LinkedHashMap<EndpointRecord, List<Family>>();
        for (Family family : leaving.joined().orElseThrow().gatewayFor()) {
            sandboxes.endpoints(sandbox.id()).stream()
                    .filter(other -> !other.id().equals(leaving.id()))
                    .filter(other -> engine.compose.gateways(other).stream().anyMatch(g -> g.family() == family))
                    .findFirst()
                    .ifPresent(heir ->
                            heirs.computeIfAbsent(heir, h -> new ArrayList<>()).add(family));
        }
        return heirs;
    }

    private static EndpointRecord inheriting(EndpointRecord heir, List<Family> families) {
        Joined joined = heir.joined().orElseThrow();
        var all = new ArrayList<Family>(joined.gatewayFor());
        all.addAll(families);
        return heir.withJoined(Optional.of(new Joined(joined.sandbox(), joined.interfaceName(), List.copyOf(all))));
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

    /** Reserves name and addresses and asks the driver; nothing is recorded yet. */
    private EndpointRecord born(NetworkRecord network, EndpointRequest request, Deadline deadline) {
        EndpointId id = request.id().orElseGet(() -> new EndpointId(engine.freshId()));
        if (engine.parts.ledger().endpoint(id).isPresent()) {
            throw new ConflictException("an endpoint with id " + id + " exists; leave the id out or choose another");
        }
        String space = Engine.endpointSpace(network);
        engine.names.reserve(space, request.name(), id.value());
        List<IpPrefix> addresses = List.of();
        try {
            MacAddress mac = request.mac()
                    .orElseGet(
                            () -> MacAddress.localUnicast(engine.parts.random().nextLong()));
            engine.effects.begin(network, Optional.of(id));
            addresses = engine.leases.take(network, request, mac);
            var draft = new EndpointRecord(
                    1,
                    id,
                    network.id(),
                    request.name(),
                    addresses,
                    mac,
                    request.interfaceName(),
                    request.options(),
                    request.labels(),
                    Map.of(),
                    Optional.empty());
            EndpointRecord made = engine.effects.make(draft, network, request.mac(), deadline);
            return made.withNote(engine.compose
                    .driver(network)
                    .decideEndpoint(network.state(engine.controller()), made.state(), networks.context(network)));
        } catch (RuntimeException | Error failure) {
            engine.effects.release(network, addresses);
            engine.names.release(space, request.name(), id.value());
            engine.effects.undo(id.value(), failure);
            throw failure;
        }
    }

    /** An endpoint in its sandbox, and what that means for the kernel. */
    private record Placed(EndpointRecord endpoint, Plan plan) {}

    /** Chooses the interface name, and for which families the endpoint is the sandbox' gateway. */
    private Placed placed(EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox) {
        var namesInUse = new HashSet<String>();
        var served = new HashSet<Family>();
        for (EndpointRecord other : engine.parts.ledger().endpointsIn(sandbox.id())) {
            Joined joined = other.joined().orElseThrow();
            namesInUse.add(joined.interfaceName());
            served.addAll(joined.gatewayFor());
        }
        if (!sandbox.owned()) {
            namesInUse.addAll(
                    engine.parts.namespaces().statistics(sandbox.namespace()).keySet());
        }
        String name = interfaceName(endpoint, network, namesInUse);
        Attachment attachment = engine.compose.driverAttachment(endpoint, sandbox.namespace(), name);
        List<Family> gatewayFor = Compose.gateways(endpoint, attachment).stream()
                .map(IpAddress::family)
                .filter(family -> !served.contains(family))
                .toList();
        EndpointRecord inside = endpoint.withJoined(Optional.of(new Joined(sandbox.id(), name, gatewayFor)));
        return new Placed(inside, engine.compose.attachment(inside, sandbox, attachment));
    }

    private static String interfaceName(EndpointRecord endpoint, NetworkRecord network, Set<String> inUse) { // JN-09
        if (endpoint.interfaceWish().isPresent()) {
            String wish = endpoint.interfaceWish().orElseThrow();
            if (inUse.contains(wish)) {
                throw new ConflictException("the sandbox already has an interface '" + wish + "'; choose another name");
            }
            return wish;
        }
        int number = 0;
        while (inUse.contains(network.interfacePrefix() + number)) {
            number++;
        }
        return network.interfacePrefix() + number;
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
