package io.cnm4j.core;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.api.model.SandboxSnapshot;
import io.cnm4j.api.model.SandboxUpdate;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Names a sandbox; every call looks it up again. */
record SandboxHandle(CoreController controller, SandboxId id, String containerId, String path) implements Sandbox {
    @Override
    public Path namespacePath() {
        return Path.of(path);
    }

    @Override
    public SandboxSnapshot inspect() {
        SandboxRecord record = existing();
        return new SandboxSnapshot.Builder()
                .id(id)
                .containerId(containerId)
                .namespace(namespacePath())
                .namespaceOwned(record.owned())
                .namespaceAwaited(record.awaitsNamespace())
                .sharedWith(record.shares())
                .hostsFile(Path.of(record.hostsFile()))
                .resolvConfFile(Path.of(record.resolvConfFile()))
                .endpoints(controller.sandboxes.endpoints(id).stream()
                        .map(EndpointRecord::id)
                        .toList())
                .serviceEnabled(record.isFound())
                .labels(record.labels())
                .build();
    }

    @Override
    public List<Endpoint> endpoints() {
        existing();
        return controller.sandboxes.endpoints(id).stream()
                .<Endpoint>map(e -> new EndpointHandle(
                        controller, e.id(), e.name(), controller.handle(controller.engine.compose.network(e))))
                .toList();
    }

    @Override
    public void useNamespace(Path path) {
        controller.keys.take(id, path, controller.deadline());
    }

    @Override
    public Map<String, InterfaceStatistics> statistics() { // SB-16
        if (existing().awaitsNamespace()) {
            return Map.of();
        }
        return controller.engine.parts.namespaces().statistics(inside());
    }

    @Override
    public <T> T call(Callable<T> task) throws Exception {
        return controller.engine.parts.namespaces().call(inside(), task);
    }

    @Override
    public Process start(ProcessBuilder builder) throws IOException {
        return controller.engine.parts.namespaces().start(inside(), builder);
    }

    @Override
    public void update(SandboxUpdate update) {
        controller.updates.update(id, update, controller.deadline());
    }

    @Override
    public void rename(String name) {
        controller.links.follow(controller.updates.rename(id, name, controller.deadline()), controller.deadline());
    }

    @Override
    public void enableService() {
        controller.updates.find(id, true, controller.deadline());
    }

    @Override
    public void disableService() {
        controller.updates.find(id, false, controller.deadline());
    }

    @Override
    public void delete() {
        controller.delete(id);
    }

    private SandboxRecord existing() {
        controller.engine.checkOpen();
        return controller.sandboxes.existing(id);
    }

    private NamespaceRef inside() { // SB-17
        SandboxRecord record = existing();
        if (record.awaitsNamespace()) {
            throw new InvalidRequestException(
                    "sandbox of container '" + containerId + "' has no namespace yet; hand over one with useNamespace");
        }
        return record.namespace();
    }
}
