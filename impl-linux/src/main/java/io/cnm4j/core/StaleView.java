package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.host.Deadline;
import java.util.stream.Stream;

/** What another host gave back, and this one has not heard of yet: who moves an endpoint is not refused for that. Thread-safe. */
final class StaleView {
    private final Engine engine;
    private final Cluster cluster;

    StaleView(Engine engine, Cluster cluster) {
        this.engine = engine;
        this.cluster = cluster;
    }

    /**
     * Asks the store for the name and the addresses that a request needs and another host is said to have; forgets of those that are free that
     * they are taken.
     */
    void correct(NetworkRecord network, EndpointRequest request, Deadline deadline) {
        String space = Engine.endpointSpace(network);
        engine.names
                .owner(space, request.name())
                .filter(id -> cluster.view.isTaken(network.id(), new EndpointId(id), self()))
                .filter(id -> cluster.store.isFree(network.id(), request.name(), deadline))
                .ifPresent(id -> engine.names.release(space, request.name(), id));
        Stream.concat(request.ipv4().stream(), request.ipv6().stream())
                .filter(address -> cluster.view.isTaken(network.id(), address, self()))
                .filter(address -> cluster.store.isFree(network.id(), address, deadline))
                .forEach(address -> cluster.view.freed(network.id(), address));
    }

    private String self() {
        return engine.controller().value();
    }
}
