package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.Preview;
import io.cnm4j.spi.plan.Preview.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sandboxes come and go. */
final class SandboxFlow {
    /** Links are born without IPv6 and, where they get it, without waiting for duplicate address detection. */
    private static final Map<String, String> AT_BIRTH =
            Map.of("net.ipv6.conf.default.disable_ipv6", "1", "net.ipv6.conf.default.accept_dad", "0");

    private final Engine engine;
    private volatile boolean ipv6; // once the kernel has it, it keeps it

    SandboxFlow(Engine engine) {
        this.engine = engine;
    }

    SandboxRecord create(SandboxRequest request, Deadline deadline) {
        engine.checkOpen();
        SandboxRecord sandbox = draft(request);
        engine.names.reserve("containers", sandbox.containerId(), sandbox.id().value());
        try (Turns.Turn own = engine.turns.exclusive("sandbox " + sandbox.id(), deadline)) {
            Plan plan = engine.compose.sandbox(sandbox);
            engine.apply(Owner.of(sandbox), plan, deadline);
            try {
                engine.parts.ledger().put(sandbox);
            } catch (RuntimeException | Error failure) {
                engine.undo(Owner.of(sandbox), plan, failure);
                throw failure;
            }
            return sandbox;
        } catch (RuntimeException | Error failure) {
            engine.names.release(
                    "containers", sandbox.containerId(), sandbox.id().value());
            throw failure;
        }
    }

    Preview previewCreate(SandboxRequest request) {
        engine.checkOpen();
        engine.names.owner("containers", request.containerId()).ifPresent(id -> {
            throw new ConflictException("container '" + request.containerId() + "' already has sandbox " + id);
        });
        return new Preview(Direction.APPLY, engine.compose.sandbox(draft(request)));
    }

    private SandboxRecord draft(SandboxRequest request) {
        SandboxId id = request.id().orElseGet(() -> new SandboxId(engine.freshId()));
        if (engine.parts.ledger().sandbox(id).isPresent()) {
            throw new ConflictException("a sandbox with id " + id + " exists; leave the id out or choose another");
        }
        request.namespace().map(Path::toString).map(NamespaceRef::at).ifPresent(this::refuseMissing);
        ipv6 = ipv6
                || engine.parts
                        .host()
                        .sysctl("net.ipv6.conf.default.disable_ipv6")
                        .isPresent();
        boolean owned = request.namespace().isEmpty();
        RunDirectory run = engine.parts.run();
        return new SandboxRecord(
                1,
                id,
                request.containerId(),
                request.namespace().map(Path::toString).orElse(run.namespaces() + "/" + id.shortForm()),
                owned,
                owned && ipv6 ? AT_BIRTH : Map.of(),
                ipv6,
                run.sandboxes() + "/" + id.shortForm(),
                hosts(request.hostname()),
                resolvConf(),
                request.labels());
    }

    private void refuseMissing(NamespaceRef namespace) {
        if (!engine.parts.namespaces().exists(namespace)) {
            throw new NotFoundException("there is no network namespace at '" + namespace.path()
                    + "'; make it first, or leave it out to get a new one");
        }
    }

    /** Returns what a sandbox can use of the host's name servers: those on the host's own loopback are out of its reach. */
    private String resolvConf() {
        var text = new StringBuilder("# made by cnm4j: the host's name servers\n");
        for (IpAddress server : engine.parts.host().nameServers()) {
            if (!server.isLoopback()) {
                text.append("nameserver ").append(server).append('\n');
            }
        }
        return text.toString();
    }

    private static String hosts(Optional<String> hostname) {
        return "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
                + hostname.map(name -> "127.0.1.1\t" + name + "\n").orElse("");
    }

    Preview previewDelete(SandboxId id) {
        engine.checkOpen();
        SandboxRecord sandbox = existing(id);
        return new Preview(Direction.REMOVE, whole(sandbox, endpoints(id)));
    }

    void delete(SandboxId id, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            SandboxRecord sandbox = existing(id);
            List<EndpointRecord> endpoints = endpoints(id);
            engine.parts.executor().remove(whole(sandbox, endpoints), deadline);
            engine.parts.ledger().remove(sandbox, endpoints);
            engine.claims.release(Owner.of(sandbox));
            for (EndpointRecord endpoint : endpoints) {
                engine.claims.release(Owner.of(endpoint));
                forget(endpoint);
            }
            engine.names.release("containers", sandbox.containerId(), id.value());
        }
    }

    /** Gives back the name, the addresses and the ports of an endpoint whose record is gone. */
    void forget(EndpointRecord endpoint) {
        engine.publishing.release(endpoint);
        NetworkRecord network = engine.compose.network(endpoint);
        engine.leases.release(network.id(), endpoint.addresses());
        engine.names.release(
                Engine.endpointSpace(network), endpoint.name(), endpoint.id().value());
    }

    /** Returns what a sandbox and its endpoints have, in the order in which it was made. */
    private Plan whole(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        var ops = new ArrayList<>(held(Owner.of(sandbox)).ops());
        endpoints.forEach(endpoint -> ops.addAll(held(Owner.of(endpoint)).ops()));
        return new Plan(ops);
    }

    private Plan held(Owner owner) {
        return engine.claims.plan(owner).orElse(Plan.EMPTY);
    }

    List<EndpointRecord> endpoints(SandboxId id) {
        return engine.parts.ledger().endpointsIn(id).stream()
                .sorted(Comparator.comparing(
                                (EndpointRecord e) -> engine.compose.network(e).name())
                        .thenComparing(EndpointRecord::name))
                .toList();
    }

    SandboxRecord existing(SandboxId id) {
        return engine.parts
                .ledger()
                .sandbox(id)
                .orElseThrow(() -> new NotFoundException("no sandbox has id " + id + "; it was deleted, or never was"));
    }

    Optional<SandboxRecord> ofContainer(String containerId) {
        return engine.names
                .owner("containers", containerId)
                .flatMap(id -> engine.parts.ledger().sandbox(new SandboxId(id)));
    }
}
