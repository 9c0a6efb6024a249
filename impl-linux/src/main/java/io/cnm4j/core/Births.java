package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.StaticRoute;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.StaleWriteException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Endpoints are born: what they have is taken, here or in the whole cluster, and the driver is asked; nothing is recorded yet. */
final class Births {
    private final Engine engine;
    private final NetworkFlow networks;
    private final SandboxFlow sandboxes;

    Births(Engine engine, NetworkFlow networks, SandboxFlow sandboxes) {
        this.engine = engine;
        this.networks = networks;
        this.sandboxes = sandboxes;
    }

    /** Reserves name and addresses and asks the driver; nothing is recorded yet. */
    EndpointRecord born(NetworkRecord network, EndpointRequest request, Deadline deadline) {
        if (engine.isDefault(network)
                && (request.ipv4().isPresent() || request.ipv6().isPresent())) { // EG-06
            throw new InvalidRequestException("endpoint '" + request.name() + "' asks for an address on '"
                    + network.name() + "', a default network, which chooses them; make a network of your own");
        }
        EndpointSysctls.parse(request.options());
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
            engine.effects.begin(network, Optional.of(id));
            addresses = engine.leases.take(
                    network, request, mac, given -> engine.effects.leased(id, network, given), deadline);
            if (engine.isClustered(network.driver())) {
                mac = Cluster.mac(request, addresses, mac);
            }
            var draft = new EndpointRecord(
                    1,
                    id,
                    network.id(),
                    request.name(),
                    addresses,
                    mac,
                    request.interfaceWish(),
                    request.gatewayPriority(),
                    request.wishes(),
                    request.options(),
                    request.labels(),
                    new EndpointRecord.Called(request.aliases(), request.links(), request.services(), request.expose()),
                    new EndpointRecord.Added(request.linkLocal(), request.routes()),
                    Optional.empty(),
                    Map.of(),
                    Optional.empty());
            refuseUnreachable(draft);
            EndpointRecord made = engine.effects.make(draft, network, request.mac(), deadline);
            var note = new HashMap<>(engine.compose
                    .driver(network)
                    .decideEndpoint(
                            network.state(engine.controller()),
                            made.state(request.mac().isPresent()),
                            networks.context(network)));
            if (engine.isClustered(network.driver())) {
                note.putAll(engine.cluster.orElseThrow().presence.decide(network));
            }
            return made.withNote(Map.copyOf(note));
        } catch (RuntimeException | Error failure) {
            engine.effects.release(network, addresses);
            engine.names.release(space, request.name(), id.value());
            engine.effects.undo(id.value(), failure);
            throw failure;
        }
    }

    private static void refuseUnreachable(EndpointRecord endpoint) {
        for (StaticRoute route : endpoint.added().routes()) {
            if (Publishing.address(endpoint, route.destination().family()).isEmpty()) {
                throw new InvalidRequestException(
                        "endpoint '" + endpoint.name() + "' has no address of the family of its route to "
                                + route.destination() + "; leave the route out");
            }
        }
    }

    /** The same, in the whole cluster if the network is one of it: until addresses are found that no other host took. */
    EndpointRecord claimed(
            NetworkRecord network, EndpointRequest request, Optional<SandboxRecord> into, Deadline deadline) {
        if (!engine.isClustered(network.driver())) {
            return born(network, request, deadline);
        }
        Cluster cluster = engine.cluster.orElseThrow();
        EndpointRecord endpoint = bornAmongHosts(cluster, network, request, deadline);
        var tried = new ArrayList<IpPrefix>(); // kept while others are looked for
        try {
            while (true) {
                try {
                    cluster.claim(network, endpoint, into, deadline);
                    return endpoint;
                } catch (StaleWriteException taken) {
                    if (request.ipv4().isPresent() || request.ipv6().isPresent()) {
                        throw new ConflictException("an address of " + endpoint.addresses()
                                + " is taken by another host; ask for another, or for none");
                    }
                    deadline.check("an address that no other host takes");
                    tried.addAll(endpoint.addresses());
                    EndpointId id = endpoint.id();
                    List<IpPrefix> next = engine.leases.take(
                            network,
                            request,
                            endpoint.mac(),
                            given -> engine.effects.leased(id, network, given),
                            deadline);
                    endpoint = endpoint.withAddresses(next, Cluster.mac(request, next, endpoint.mac()));
                }
            }
        } catch (RuntimeException | Error failure) {
            sandboxes.forget(endpoint);
            engine.effects.undo(endpoint.id().value(), failure);
            throw failure;
        } finally {
            cluster.giveBack(network, tried);
        }
    }

    private EndpointRecord bornAmongHosts(
            Cluster cluster, NetworkRecord network, EndpointRequest request, Deadline deadline) {
        try {
            return born(network, request, deadline);
        } catch (ConflictException taken) {
            try {
                new StaleView(engine, cluster).correct(network, request, deadline);
            } catch (CnmException unknown) {
                taken.addSuppressed(unknown);
                throw taken;
            }
            return born(network, request, deadline);
        }
    }
}
