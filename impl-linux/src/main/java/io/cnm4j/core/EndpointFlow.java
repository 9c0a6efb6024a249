package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.Preview;
import io.cnm4j.spi.plan.Preview.Direction;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Endpoints are born, join, leave and go. */
final class EndpointFlow {

    private static final int PORT_TRIES = 10;

    private final Engine engine;
    private final NetworkFlow networks;
    private final SandboxFlow sandboxes;
    private final Leaving leaving;

    EndpointFlow(Engine engine, NetworkFlow networks, SandboxFlow sandboxes) {
        this.engine = engine;
        this.networks = networks;
        this.sandboxes = sandboxes;
        this.leaving = new Leaving(engine, sandboxes);
    }

    EndpointRecord create(NetworkId networkId, EndpointRequest request, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.shared("network " + networkId, deadline)) {
            EndpointRecord endpoint = born(networks.existing(networkId), request);
            try {
                engine.parts.ledger().change(List.of(endpoint), List.of());
                return endpoint;
            } catch (RuntimeException | Error failure) {
                sandboxes.forget(endpoint);
                throw failure;
            }
        }
    }

    EndpointRecord connect(NetworkId networkId, SandboxId sandboxId, EndpointRequest request, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn mine = engine.turns.exclusive("sandbox " + sandboxId, deadline);
                Turns.Turn ours = engine.turns.shared("network " + networkId, deadline)) {
            SandboxRecord sandbox = sandboxes.existing(sandboxId);
            NetworkRecord network = networks.existing(networkId);
            EndpointRecord endpoint = born(network, request);
            try {
                return joined(endpoint, network, sandbox, deadline);
            } catch (RuntimeException | Error failure) {
                sandboxes.forget(endpoint);
                throw failure;
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
            joined(endpoint, engine.compose.network(endpoint), sandbox, deadline);
        }
    }

    /** Joins; where any port of several will do and another program has one, tries others. BP-05 */
    private EndpointRecord joined(
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Deadline deadline) {
        var avoid = new HashSet<Integer>();
        while (true) {
            try {
                return joined(endpoint, network, sandbox, avoid, deadline);
            } catch (PortInUseException taken) {
                boolean again = avoid.size() < PORT_TRIES && avoid.add(taken.port());
                if (!again || !Publishing.hasChoice(endpoint.publish())) {
                    throw taken;
                }
            }
        }
    }

    private EndpointRecord joined(
            EndpointRecord endpoint,
            NetworkRecord network,
            SandboxRecord sandbox,
            Set<Integer> avoid,
            Deadline deadline) {
        Placed placed = placed(endpoint, network, sandbox, avoid);
        Owner owner = Owner.of(placed.endpoint);
        try {
            engine.apply(owner, placed.plan, deadline);
            try {
                engine.parts.ledger().change(List.of(placed.endpoint), List.of());
            } catch (RuntimeException | Error failure) {
                engine.undo(owner, placed.plan, failure);
                throw failure;
            }
            return placed.endpoint;
        } catch (RuntimeException | Error failure) {
            engine.publishing.release(placed.endpoint);
            throw failure;
        }
    }

    Preview previewConnect(NetworkId networkId, SandboxId sandboxId, EndpointRequest request) {
        engine.checkOpen();
        NetworkRecord network = networks.existing(networkId);
        SandboxRecord sandbox = sandboxes.existing(sandboxId);
        EndpointRecord endpoint = born(network, request);
        try {
            Placed placed = placed(endpoint, network, sandbox, Set.of());
            engine.publishing.release(placed.endpoint);
            return new Preview(Direction.APPLY, placed.plan);
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
            leaving.takeOut(endpoint, sandboxes.existing(sandboxId), andDelete, deadline);
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
            engine.parts.ledger().change(List.of(), List.of(endpoint));
            sandboxes.forget(endpoint);
        }
    }

    /** Reserves name and addresses and asks the driver; nothing is recorded yet. */
    private EndpointRecord born(NetworkRecord network, EndpointRequest request) {
        EndpointId id = request.id().orElseGet(() -> new EndpointId(engine.freshId()));
        if (engine.parts.ledger().endpoint(id).isPresent()) {
            throw new ConflictException("an endpoint with id " + id + " exists; leave the id out or choose another");
        }
        engine.publishing.check(network, request.wishes());
        String space = Engine.endpointSpace(network);
        engine.names.reserve(space, request.name(), id.value());
        List<IpPrefix> addresses = List.of();
        try {
            MacAddress mac = request.mac()
                    .orElseGet(
                            () -> MacAddress.localUnicast(engine.parts.random().nextLong()));
            addresses = engine.leases.take(network, request, mac);
            var draft = new EndpointRecord(
                    1,
                    id,
                    network.id(),
                    request.name(),
                    addresses,
                    mac,
                    request.interfaceName(),
                    request.wishes(),
                    request.options(),
                    request.labels(),
                    Map.of(),
                    Optional.empty());
            return draft.withNote(engine.compose
                    .driver(network)
                    .decideEndpoint(network.state(engine.controller()), draft.state(), networks.context(network)));
        } catch (RuntimeException | Error failure) {
            engine.leases.release(network.id(), addresses);
            engine.names.release(space, request.name(), id.value());
            throw failure;
        }
    }

    /** An endpoint in its sandbox, and what that means for the kernel. */
    private record Placed(EndpointRecord endpoint, Plan plan) {}

    /** Chooses the interface name, and for which families the endpoint is the sandbox' gateway. */
    private Placed placed(EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Set<Integer> avoid) {
        var namesInUse = new HashSet<String>();
        var served = new HashSet<Family>();
        Collection<EndpointRecord> siblings = engine.parts.ledger().endpointsIn(sandbox.id());
        for (EndpointRecord other : siblings) {
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
        var joined = new Joined(sandbox.id(), name, gatewayFor, List.of());
        EndpointRecord inside = endpoint.withJoined(Optional.of(joined));
        List<PortMapping> ports = engine.publishing.take(inside, sandbox, siblings, List.of(), avoid);
        EndpointRecord published = endpoint.withJoined(Optional.of(joined.withPorts(ports)));
        return new Placed(published, engine.compose.attachment(published, sandbox, attachment));
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
