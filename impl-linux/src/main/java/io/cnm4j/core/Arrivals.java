package io.cnm4j.core;

import io.cnm4j.api.model.Connection;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.core.Placing.Place;
import io.cnm4j.core.Placing.Together;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.Preview;
import io.cnm4j.spi.plan.Preview.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Sandboxes arrive, with the networks that they are to be connected to: all of it or nothing. */
final class Arrivals {
    private final Engine engine;
    private final NetworkFlow networks;
    private final SandboxFlow sandboxes;
    private final EndpointFlow endpoints;
    private final Births births;
    private final Placing placing;

    Arrivals(Engine engine, NetworkFlow networks, SandboxFlow sandboxes, EndpointFlow endpoints) {
        this.engine = engine;
        this.networks = networks;
        this.sandboxes = sandboxes;
        this.endpoints = endpoints;
        this.births = new Births(engine, networks, sandboxes);
        this.placing = new Placing(engine);
    }

    SandboxRecord create(SandboxRequest request, Deadline deadline) {
        engine.checkOpen();
        if (request.sharedWith().isPresent()) {
            return sandboxes.sharing(request, deadline, sharing -> opened(sharing, () -> sharing, List.of(), deadline));
        }
        SandboxRecord asked = sandboxes.draft(request);
        Supplier<SandboxRecord> whole = () -> sandboxes.whole(asked, request);
        return sandboxes.named(asked, deadline, () -> connected(asked, whole, request.connections(), deadline));
    }

    /** Returns what {@link #create} would do. */
    Preview preview(SandboxRequest request) {
        engine.checkOpen();
        SandboxRecord sandbox = sandboxes.previewed(request);
        var guests = new ArrayList<EndpointRecord>();
        try {
            request.connections()
                    .forEach(connection -> engine.effects.refuseDryRun(networks.existing(connection.network())));
            List<Place> places = places(sandbox, request.connections(), guests, Deadline.after(Duration.ZERO));
            Together together = placing.together(sandbox, places, Set.of());
            together.ports().undo();
            var ops = new ArrayList<KernelOp>(engine.compose.beginning(sandbox).ops());
            together.plans().values().forEach(plan -> ops.addAll(plan.ops()));
            engine.compose.sandbox(sandbox, together.endpoints()).ops().stream()
                    .filter(op -> !ops.contains(op))
                    .forEach(ops::add);
            return new Preview(Direction.APPLY, new Plan(ops));
        } finally {
            guests.forEach(sandboxes::forget);
        }
    }

    private SandboxRecord connected(
            SandboxRecord asked, Supplier<SandboxRecord> whole, List<Connection> connections, Deadline deadline) {
        int together = 0;
        while (together < connections.size()
                && isPlain(networks.existing(connections.get(together).network()))) {
            together++;
        }
        SandboxRecord sandbox = opened(asked, whole, connections.subList(0, together), deadline);
        try {
            for (Connection connection : connections.subList(together, connections.size())) {
                endpoints.connectIn(connection.network(), sandbox, connection.endpoint(), false, deadline);
            }
        } catch (RuntimeException | Error failure) {
            sandboxes.takeBack(sandbox, failure);
            throw failure;
        }
        if (!connections.isEmpty()) {
            engine.waysOut().follow(sandbox);
        }
        return sandbox;
    }

    /** Tells whether nobody else is to be asked about endpoints of a network, and it leads outside by itself if it is to. */
    private boolean isPlain(NetworkRecord network) {
        return !engine.isClustered(network.driver())
                && !engine.effects.concern(network)
                && !(engine.compose.driver(network) instanceof InwardDriver);
    }

    /** Makes the sandbox and these connections at once. */
    private SandboxRecord opened(
            SandboxRecord asked, Supplier<SandboxRecord> whole, List<Connection> connections, Deadline deadline) {
        var guests = new ArrayList<EndpointRecord>();
        List<PublishedPort> wishes = connections.stream()
                .flatMap(connection -> connection.endpoint().wishes().stream())
                .toList();
        try (Turns.Turn staying = stay(connections, deadline)) {
            List<Place> places = places(asked, connections, guests, deadline);
            return Joining.avoiding(
                    wishes, avoid -> new Opening(engine, placing, asked, whole, places, avoid).opened(deadline));
        } catch (RuntimeException | Error failure) {
            guests.forEach(sandboxes::forget);
            throw failure;
        }
    }

    /** Keeps the networks. */
    private Turns.Turn stay(List<Connection> connections, Deadline deadline) {
        return engine.turns.shared(
                connections.stream()
                        .map(connection -> "network " + connection.network())
                        .toList(),
                deadline);
    }

    /**
     * Finds the places of endpoints that come with a sandbox.
     *
     * @param born gets the endpoints, before a failure too
     */
    private List<Place> places(
            SandboxRecord sandbox, List<Connection> connections, List<EndpointRecord> born, Deadline deadline) {
        var places = new ArrayList<Place>();
        var there = new ArrayList<EndpointRecord>();
        for (Connection connection : connections) {
            NetworkRecord network = networks.existing(connection.network());
            EndpointRecord endpoint = births.born(network, connection.endpoint(), deadline);
            born.add(endpoint);
            Place place = placing.place(endpoint, network, sandbox, List.copyOf(there));
            there.add(place.endpoint());
            places.add(place);
        }
        return places;
    }
}
