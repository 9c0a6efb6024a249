package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.HostView;
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
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sandboxes come and go. */
final class SandboxFlow {
    /** Links are born without IPv6 and, where they get it, without waiting for duplicate address detection. */
    private static final Map<String, String> AT_BIRTH_IPV6 = Map.of(
            "net.ipv4.conf.default.arp_notify",
            "1",
            "net.ipv6.conf.default.ndisc_notify",
            "1",
            "net.ipv6.conf.default.disable_ipv6",
            "1",
            "net.ipv6.conf.default.accept_dad",
            "0");

    /** They tell their neighbours of their addresses. */
    private static final Map<String, String> AT_BIRTH = Map.of("net.ipv4.conf.default.arp_notify", "1");

    private static final Logger LOG = LoggerFactory.getLogger(SandboxFlow.class);

    private final Engine engine;
    private volatile boolean ipv6; // once the kernel has it, it keeps it

    SandboxFlow(Engine engine) {
        this.engine = engine;
    }

    /** Makes a sandbox that has namespace and files of another, which stays meanwhile. */
    SandboxRecord sharing(SandboxRequest request, Deadline deadline, Function<SandboxRecord, SandboxRecord> opening) {
        SandboxRecord sharing = sharing(request);
        SandboxId shared = sharing.shares().orElseThrow();
        try (Turns.Turn turn = engine.turns.shared("sandbox " + shared, deadline)) {
            existing(shared);
            return named(sharing, deadline, () -> opening.apply(sharing));
        }
    }

    /** Makes a sandbox, which has its name and its turn meanwhile. */
    SandboxRecord named(SandboxRecord asked, Deadline deadline, Supplier<SandboxRecord> opening) {
        engine.names.reserve("containers", asked.containerId(), asked.id().value());
        try (Turns.Turn own = engine.turns.exclusive("sandbox " + asked.id(), deadline)) {
            return opening.get();
        } catch (RuntimeException | Error failure) {
            if (engine.parts.ledger().sandbox(asked.id()).isEmpty()) {
                engine.names.release(
                        "containers", asked.containerId(), asked.id().value());
            }
            throw failure;
        }
    }

    /** Takes back a sandbox of which something failed that was to come with it. The caller has its turn. */
    void takeBack(SandboxRecord sandbox, Throwable failure) {
        boolean interrupted = Thread.interrupted();
        Deadline deadline = Deadline.after(Engine.UNDO_LIMIT);
        try {
            List<EndpointRecord> endpoints = endpoints(sandbox.id());
            delete(sandbox, endpoints, deadline);
            if (endpoints.stream().anyMatch(endpoint -> endpoint.wayOutOf().isPresent())) {
                engine.waysOut().networkLeft(deadline);
            }
        } catch (RuntimeException | Error also) { // it is there, with a part of its networks
            failure.addSuppressed(also);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns the sandbox as it would be. */
    SandboxRecord previewed(SandboxRequest request) {
        engine.names.owner("containers", request.containerId()).ifPresent(id -> {
            throw new ConflictException("container '" + request.containerId() + "' already has sandbox " + id);
        });
        return request.sharedWith().isEmpty() ? whole(draft(request), request) : sharing(request);
    }

    /** Returns a record of {@link #draft} with what it asks for names. */
    SandboxRecord whole(SandboxRecord draft, SandboxRequest request) {
        return draft.asking(resolver(request));
    }

    /** Returns the record of a sandbox that has namespace and files of another, or of the one that that one shares. EG-12 */
    private SandboxRecord sharing(SandboxRequest request) {
        String with = request.sharedWith().orElseThrow();
        SandboxRecord other = ofContainer(with)
                .orElseThrow(() -> new NotFoundException("container '" + with + "' has no sandbox that container '"
                        + request.containerId() + "' could share; make that one first"));
        return new SandboxRecord(
                1,
                freshId(request),
                request.containerId(),
                other.namespacePath(),
                false,
                Map.of(),
                other.ipv6(),
                other.directory(),
                other.hostname(),
                List.of(),
                other.resolver(),
                request.labels(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(other.shares().orElse(other.id())));
    }

    private SandboxId freshId(SandboxRequest request) {
        SandboxId id = request.id().orElseGet(() -> new SandboxId(engine.freshId()));
        if (engine.parts.ledger().sandbox(id).isPresent()) {
            throw new ConflictException("a sandbox with id " + id + " exists; leave the id out or choose another");
        }
        return id;
    }

    /** Returns the record of a sandbox that does not say yet what it asks for names. */
    SandboxRecord draft(SandboxRequest request) {
        SandboxId id = freshId(request);
        request.namespace().map(Path::toString).map(NamespaceRef::at).ifPresent(this::refuseMissing);
        ipv6 = ipv6
                || engine.parts
                        .host()
                        .sysctl("net.ipv6.conf.default.disable_ipv6")
                        .isPresent();
        boolean given = request.namespace().isPresent() || request.hostNamespace();
        boolean owned = !given && !request.namespaceLater();
        RunDirectory run = engine.parts.run();
        return new SandboxRecord(
                1,
                id,
                request.containerId(),
                !given
                        ? run.namespaces() + "/" + id.shortForm()
                        : request.namespace().map(Path::toString).orElse(NamespaceRef.HOST.path()),
                owned,
                atBirth(owned),
                ipv6,
                run.sandboxes() + "/" + id.shortForm(),
                request.hostname(),
                request.extraHosts(),
                SandboxRecord.Resolver.NOTHING,
                request.labels(),
                Optional.empty(),
                request.namespaceLater() ? Optional.of(SandboxRecord.External.AWAITED) : Optional.empty(),
                Optional.empty());
    }

    private Map<String, String> atBirth(boolean owned) {
        if (!owned) {
            return Map.of();
        }
        return ipv6 ? AT_BIRTH_IPV6 : AT_BIRTH;
    }

    private void refuseMissing(NamespaceRef namespace) {
        if (!engine.parts.namespaces().exists(namespace)) {
            throw new NotFoundException("there is no network namespace at '" + namespace.path()
                    + "'; make it first, or leave it out to get a new one");
        }
    }

    private SandboxRecord.Resolver resolver(SandboxRequest request) {
        HostView.ResolverText text = engine.parts.host().resolverConfiguration();
        return new SandboxRecord.Resolver(
                text.host(),
                text.beyondStub(),
                request.nameServers().stream().map(IpAddress::toString).toList(),
                request.searchDomains(),
                request.resolverOptions());
    }

    Preview previewDelete(SandboxId id) {
        engine.checkOpen();
        SandboxRecord sandbox = existing(id);
        refuseShared(sandbox);
        return new Preview(Direction.REMOVE, whole(sandbox, endpoints(id)));
    }

    void delete(SandboxId id, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            SandboxRecord sandbox = existing(id);
            refuseShared(sandbox);
            delete(sandbox, endpoints(id), deadline);
        }
    }

    private void delete(SandboxRecord sandbox, List<EndpointRecord> endpoints, Deadline deadline) {
        List<NetworkRecord> networks =
                endpoints.stream().map(engine.compose::network).distinct().toList();
        endpoints.forEach(endpoint -> leave(endpoint, deadline)); // others do not wait for a plug-in with us
        try (Turns.Turn presence = engine.presence(networks, deadline)) {
            engine.parts.executor().remove(whole(sandbox, endpoints), deadline);
            engine.parts.ledger().remove(sandbox, endpoints);
            engine.claims.release(Owner.of(sandbox));
            engine.book.gone(sandbox, endpoints);
            endpoints.forEach(endpoint -> engine.claims.release(Owner.of(endpoint)));
            engine.cluster.ifPresent(
                    cluster -> networks.forEach(network -> cluster.presence.adjustSoon(network, deadline)));
        }
        endpoints.forEach(this::forget);
        engine.settling().settleNow(endpoints, deadline);
        engine.names.release("containers", sandbox.containerId(), sandbox.id().value());
    }

    /** Lets an endpoint leave; a plug-in that does not is no reason to keep the sandbox. */
    private void leave(EndpointRecord endpoint, Deadline deadline) {
        try {
            engine.effects.leave(endpoint, deadline);
        } catch (CnmException later) {
            LOG.warn("endpoint '{}' could not leave; that will be settled", endpoint.name(), later);
        }
    }

    private void refuseShared(SandboxRecord sandbox) {
        List<String> sharing = engine.parts.ledger().sandboxesSharing(sandbox.id()).stream()
                .map(other -> "'" + other.containerId() + "'")
                .sorted()
                .toList();
        if (!sharing.isEmpty()) {
            throw new InUseException("sandbox of container '" + sandbox.containerId() + "' is shared with containers "
                    + sharing + "; delete their sandboxes first");
        }
    }

    /** Gives back the name, the addresses and the ports of an endpoint whose record is gone. */
    void forget(EndpointRecord endpoint) {
        engine.publishing.release(endpoint);
        NetworkRecord network = engine.compose.network(endpoint);
        engine.cluster.ifPresent(cluster -> cluster.unclaim(endpoint));
        engine.effects.release(network, endpoint.addresses());
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
                .sorted(Comparator.comparing((EndpointRecord e) -> e.wayOutOf().isPresent()) // the caller's own first
                        .thenComparing(e -> engine.compose.network(e).name())
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
