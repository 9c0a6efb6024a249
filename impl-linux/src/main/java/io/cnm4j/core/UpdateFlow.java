package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.SandboxUpdate;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.HostView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Sandboxes become other than they were requested, while their endpoints stay. SB-18 to SB-20 */
final class UpdateFlow {
    private final Engine engine;
    private final SandboxFlow sandboxes;

    UpdateFlow(Engine engine, SandboxFlow sandboxes) {
        this.engine = engine;
        this.sandboxes = sandboxes;
    }

    void update(SandboxId id, SandboxUpdate update, Deadline deadline) {
        change(id, sandbox -> updated(sandbox, update), deadline);
    }

    void find(SandboxId id, boolean byOthers, Deadline deadline) {
        change(id, sandbox -> sandbox.found(byOthers), deadline);
    }

    private void change(SandboxId id, UnaryOperator<SandboxRecord> changing, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            SandboxRecord before = sandboxes.existing(id);
            SandboxRecord after = changing.apply(before);
            if (after.equals(before)) {
                return;
            }
            List<EndpointRecord> endpoints = sandboxes.endpoints(id);
            engine.follow.to(after, endpoints, () -> engine.parts.ledger().put(after), deadline);
            if (after.shares().isEmpty()) {
                engine.book.renamed(before, endpoints, after, endpoints);
                engine.cluster.ifPresent(cluster -> endpoints.forEach(cluster::announce));
            }
        }
    }

    private SandboxRecord updated(SandboxRecord sandbox, SandboxUpdate update) {
        SandboxRecord.Resolver was = sandbox.resolver();
        HostView.ResolverText host = update.hostResolver()
                ? engine.parts.host().resolverConfiguration()
                : new HostView.ResolverText(was.host(), was.beyondStub());
        var resolver = new SandboxRecord.Resolver(
                host.host(),
                host.beyondStub(),
                update.nameServers()
                        .map(servers ->
                                servers.stream().map(IpAddress::toString).toList())
                        .orElse(was.servers()),
                update.searchDomains().orElse(was.search()),
                update.resolverOptions().orElse(was.options()));
        SandboxRecord after = sandbox.updated(
                update.hostname().or(sandbox::hostname),
                update.extraHosts().orElse(sandbox.extraHosts()),
                resolver,
                update.labels().orElse(sandbox.labels()));
        SandboxRecord labelled =
                sandbox.updated(sandbox.hostname(), sandbox.extraHosts(), sandbox.resolver(), after.labels());
        if (sandbox.shares().isPresent() && !after.equals(labelled)) {
            throw new InvalidRequestException(
                    "sandbox of container '" + sandbox.containerId() + "' has the files of sandbox "
                            + sandbox.shares().orElseThrow().shortForm() + "; update that one");
        }
        return after;
    }

    /** Gives all endpoints of a sandbox the same new name; returns them as they are then. */
    List<EndpointRecord> rename(SandboxId id, String name, Deadline deadline) {
        engine.checkOpen();
        if (name.isBlank()) {
            throw new InvalidRequestException("the new name is blank; give the endpoints a name");
        }
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            SandboxRecord sandbox = sandboxes.existing(id);
            List<EndpointRecord> before = sandboxes.endpoints(id).stream()
                    .filter(endpoint -> endpoint.wayOutOf().isEmpty()) // GW-09
                    .filter(endpoint -> !endpoint.name().equals(name))
                    .toList();
            if (before.isEmpty()) {
                return List.of();
            }
            before.forEach(this::refuseClustered);
            List<EndpointRecord> after =
                    before.stream().map(endpoint -> endpoint.named(name)).toList();
            reserve(after);
            try {
                engine.parts.ledger().change(after, List.of());
            } catch (RuntimeException | Error failure) {
                after.forEach(this::release);
                throw failure;
            }
            for (int i = 0; i < before.size(); i++) {
                engine.claims.rename(Owner.of(before.get(i)), Owner.of(after.get(i)));
                engine.publishing.restore(after.get(i)); // holdings say who has them
                engine.publishing.release(before.get(i));
                release(before.get(i));
            }
            engine.book.renamed(sandbox, before, sandbox, after);
            return after;
        }
    }

    private void refuseClustered(EndpointRecord endpoint) {
        NetworkRecord network = engine.compose.network(endpoint);
        if (engine.isClustered(network.driver())) {
            throw new UnsupportedException("endpoint '" + endpoint.name() + "' is on network '" + network.name()
                    + "' of the cluster, where names do not change; disconnect it and connect it anew");
        }
    }

    private void reserve(List<EndpointRecord> endpoints) {
        var reserved = new ArrayList<EndpointRecord>();
        try {
            for (EndpointRecord endpoint : endpoints) {
                engine.names.reserve(
                        space(endpoint), endpoint.name(), endpoint.id().value());
                reserved.add(endpoint);
            }
        } catch (RuntimeException | Error failure) {
            reserved.forEach(this::release);
            throw failure;
        }
    }

    private void release(EndpointRecord endpoint) {
        engine.names.release(space(endpoint), endpoint.name(), endpoint.id().value());
    }

    private String space(EndpointRecord endpoint) {
        return Engine.endpointSpace(engine.compose.network(endpoint));
    }
}
