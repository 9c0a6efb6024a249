package io.cnm4j.core;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointSnapshot;
import io.cnm4j.api.model.Exposure;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names an endpoint; every call looks it up again. */
record EndpointHandle(CoreController controller, EndpointId id, String name, Network network) implements Endpoint {
    @Override
    public EndpointSnapshot inspect() {
        controller.engine.checkOpen();
        EndpointRecord record = controller.endpoints.existing(id);
        return new EndpointSnapshot.Builder()
                .id(id)
                .name(record.name())
                .network(record.network())
                .sandbox(record.joined().map(Joined::sandbox))
                .addresses(record.addresses())
                .mac(controller.engine.compose.hardwareAddress(record))
                .interfaceName(record.joined().map(Joined::interfaceName).filter(given -> !given.isEmpty()))
                .gateways(controller.engine.compose.gateways(record))
                .ports(controller.engine.publishing.ports(record))
                .labels(record.labels())
                .driverNote(record.note())
                .build();
    }

    @Override
    public Map<String, String> driverInfo() { // EM-01
        controller.engine.checkOpen();
        return controller.engine.effects.info(controller.endpoints.existing(id), controller.deadline());
    }

    @Override
    public List<Exposure> exposure() {
        controller.engine.checkOpen();
        return controller.engine.publishing.exposure(controller.endpoints.existing(id));
    }

    @Override
    public void join(Sandbox sandbox) {
        controller.endpoints.join(id, sandbox.id(), controller.deadline());
        follow(controller.engine.parts.ledger().endpoint(id));
    }

    @Override
    public void leave() {
        leave(false);
    }

    @Override
    public void delete() {
        controller.endpoints.delete(id, controller.deadline());
    }

    @Override
    public void disconnect() {
        leave(true);
    }

    private void leave(boolean andDelete) {
        Optional<EndpointRecord> before = controller.engine.parts.ledger().endpoint(id);
        controller.endpoints.leave(id, andDelete, controller.deadline());
        follow(before);
    }

    private void follow(Optional<EndpointRecord> moved) {
        controller.links.follow(moved.stream().toList(), controller.deadline());
    }
}
