package io.cnm4j.core;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a controller is opened: names, leases and claims are derived from the records, the kernel is made to hold what
 * they say, and what nobody claims goes. Damage that cannot be repaired now does not keep the rest from working: a check names it.
 */
final class Restart {
    private static final Logger LOG = LoggerFactory.getLogger(Restart.class);

    private final Engine engine;
    private final Ledger ledger;
    private final Optional<Set<String>> active;
    private final Deadline deadline;
    private final int threads;

    Restart(Engine engine, Deadline deadline, int threads) {
        this.engine = engine;
        this.ledger = engine.parts.ledger();
        this.active = engine.parts.activeContainers();
        this.deadline = deadline;
        this.threads = threads;
    }

    void run() {
        dropStrays();
        List<NetworkRecord> networks = ledger.networks().stream()
                .sorted(Comparator.comparing(NetworkRecord::name))
                .toList();
        networks.forEach(this::adopt);
        List<SandboxRecord> sandboxes = ledger.sandboxes().stream()
                .sorted(Comparator.comparing(
                                (SandboxRecord sandbox) -> sandbox.shares().isPresent()) // after what they share
                        .thenComparing(SandboxRecord::containerId))
                .filter(this::isKept)
                .toList();
        sandboxes.forEach(this::adopt); // when all are known: what one has depends on whom it links to
        networks.forEach(this::adoptEndpoints);
        engine.cluster.ifPresent(cluster -> cluster.presence.adopt());
        tolerate("remove what no record claims", () -> engine.doctor.sweep(deadline)); // it may be in the way
        Claims.groups(networks.stream().map(Owner::of).toList()).forEach(this::hold);
        engine.cluster.ifPresent(
                cluster -> tolerate("restore networks of the cluster", () -> cluster.presence.hold(deadline)));
        try (var crew = new Crew(threads)) { // a sandbox concerns nobody else
            Claims.groups(sandboxes)
                    .forEach(group -> crew.give(
                            () -> hold(group.stream().flatMap(this::owners).toList())));
        }
    }

    /** Forgets endpoints whose network is gone, and takes those out of their sandbox whose sandbox is gone. */
    private void dropStrays() {
        for (EndpointRecord endpoint : ledger.endpoints()) {
            if (ledger.network(endpoint.network()).isEmpty()) {
                ledger.change(List.of(), List.of(endpoint));
            } else if (endpoint.joined()
                    .filter(joined -> ledger.sandbox(joined.sandbox()).isEmpty())
                    .isPresent()) {
                ledger.change(List.of(endpoint.withJoined(Optional.empty())), List.of());
            }
        }
    }

    private void adopt(NetworkRecord network) {
        if (!engine.isClustered(network.driver())) { // those were learned
            engine.names.reserve("networks", network.name(), network.id().value());
            engine.leases.restore(network);
        }
        engine.claims.take(Owner.of(network), engine.compose.network(network));
    }

    /** Tells whether a sandbox stays; forgets it otherwise. */
    private boolean isKept(SandboxRecord sandbox) {
        if (!isLive(sandbox)) {
            takeOut(sandbox);
            ledger.remove(sandbox, ledger.endpointsIn(sandbox.id())); // its kernel objects are orphans from now on
            return false;
        }
        return true;
    }

    private void adopt(SandboxRecord sandbox) {
        engine.names.reserve("containers", sandbox.containerId(), sandbox.id().value());
        engine.claims.take(Owner.of(sandbox), engine.compose.sandbox(sandbox));
        for (EndpointRecord endpoint : ledger.endpointsIn(sandbox.id())) {
            engine.publishing.restore(endpoint);
            engine.claims.take(Owner.of(endpoint), engine.compose.attachment(endpoint, sandbox));
        }
        engine.book.opened(sandbox);
    }

    /** Takes out of somebody else's namespace what goes with no namespace of ours. */
    private void takeOut(SandboxRecord sandbox) {
        if (!sandbox.owned() && engine.parts.namespaces().exists(sandbox.namespace())) {
            for (EndpointRecord endpoint : ledger.endpointsIn(sandbox.id())) {
                tolerate(
                        "take endpoint '" + endpoint.name() + "' out",
                        () -> engine.parts.executor().remove(engine.compose.attachment(endpoint, sandbox), deadline));
            }
        }
        if (!sandbox.owned()
                && sandbox.shares().isEmpty()
                && !sandbox.inHost()
                && engine.parts.namespaces().exists(sandbox.namespace())) {
            tolerate(
                    "take the name server out of " + sandbox.namespacePath(),
                    () -> engine.parts.executor().remove(Plan.of(engine.compose.serving(sandbox)), deadline));
        }
    }

    private void adoptEndpoints(NetworkRecord network) {
        boolean clustered = engine.isClustered(network.driver());
        for (EndpointRecord endpoint : ledger.endpointsOn(network.id())) {
            String space = Engine.endpointSpace(network);
            if (clustered) { // another host may have taken it meanwhile: that is found when this one joins
                engine.names.mirror(space, endpoint.name(), endpoint.id().value());
            } else {
                engine.names.reserve(space, endpoint.name(), endpoint.id().value());
            }
            engine.leases.restore(endpoint);
        }
    }

    private boolean isLive(SandboxRecord sandbox) {
        if (sandbox.shares().filter(other -> ledger.sandbox(other).isEmpty()).isPresent()) {
            return false;
        }
        return active.map(names -> names.contains(sandbox.containerId()))
                .orElseGet(() ->
                        sandbox.awaitsNamespace() || engine.parts.namespaces().exists(sandbox.namespace()));
    }

    private Stream<Owner> owners(SandboxRecord sandbox) {
        return Stream.concat(
                Stream.of(Owner.of(sandbox)),
                ledger.endpointsIn(sandbox.id()).stream()
                        .sorted(Comparator.comparing(EndpointRecord::name))
                        .map(Owner::of));
    }

    /** Makes what is missing of all of them, as one: what they share is looked at once. If that fails, of one after the other. */
    private void hold(List<Owner> owners) {
        try {
            engine.parts.executor().ensure(engine.claims.plan(owners), deadline);
        } catch (CnmException damage) {
            LOG.debug("what is held is looked at one by one", damage);
            owners.forEach(this::hold);
        }
    }

    private void hold(Owner owner) {
        engine.claims
                .plan(owner)
                .ifPresent(plan -> tolerate(
                        "restore " + owner, () -> engine.parts.executor().ensure(plan, deadline)));
    }

    private static void tolerate(String what, Runnable step) {
        try {
            step.run();
        } catch (CnmException damage) {
            LOG.warn("could not {} at open; NetworkController.check names what is wrong", what, damage);
        }
    }
}
