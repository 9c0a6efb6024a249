package io.cnm4j.core;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkSnapshot;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.SubnetUse;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import java.util.Comparator;
import java.util.List;

/** Names a network; every call looks it up again. */
record NetworkHandle(CoreController controller, NetworkId id, String name) implements Network {
    @Override
    public NetworkSnapshot inspect() {
        controller.engine.checkOpen();
        NetworkRecord network = controller.networks.existing(id);
        return new NetworkSnapshot.Builder()
                .from(network.snapshot())
                .capacity(controller
                        .engine
                        .compose
                        .driver(network)
                        .capacity(network.state(controller.engine.controller())))
                .build();
    }

    @Override
    public String inspectJson() {
        controller.engine.checkOpen();
        NetworkRecord network = controller.networks.existing(id);
        return new DockerShape(controller.engine.parts.ledger())
                .json(network, controller.engine.isClustered(network.driver()));
    }

    @Override
    public List<SubnetUse> addresses() {
        controller.engine.checkOpen();
        return controller.engine.leases.use(controller.networks.existing(id));
    }

    @Override
    public Endpoint createEndpoint(EndpointRequest request) {
        return handle(controller.endpoints.create(id, request, controller.deadline()));
    }

    @Override
    public Endpoint connect(Sandbox sandbox, EndpointRequest request) {
        EndpointRecord endpoint = controller.endpoints.connect(id, sandbox.id(), request, controller.deadline());
        controller.links.follow(List.of(endpoint), controller.deadline());
        return handle(endpoint);
    }

    @Override
    public List<Endpoint> endpoints() {
        controller.engine.checkOpen();
        controller.networks.existing(id);
        return controller.engine.parts.ledger().endpointsOn(id).stream()
                .sorted(Comparator.comparing(EndpointRecord::name))
                .<Endpoint>map(this::handle)
                .toList();
    }

    @Override
    public Endpoint endpointByName(String endpoint) {
        controller.engine.checkOpen();
        return handle(controller.endpoints.named(controller.networks.existing(id), endpoint));
    }

    @Override
    public Endpoint endpointById(EndpointId endpoint) {
        controller.engine.checkOpen();
        EndpointRecord found = controller.endpoints.existing(endpoint);
        if (!found.network().equals(id)) {
            throw new NotFoundException("endpoint " + endpoint + " is not on network '" + name + "'");
        }
        return handle(found);
    }

    @Override
    public void update(NetworkUpdate update) {
        controller.alterations.update(id, update, controller.deadline());
    }

    @Override
    public void delete() {
        controller.networks.delete(id, controller.deadline());
    }

    @Override
    public void deleteByForce() {
        controller.engine.checkOpen();
        controller.networks.existing(id);
        controller.engine.effects.byForce(id, () -> {
            endpoints().forEach(Endpoint::disconnect);
            delete();
        });
    }

    private EndpointHandle handle(EndpointRecord endpoint) {
        return new EndpointHandle(controller, endpoint.id(), endpoint.name(), this);
    }
}
