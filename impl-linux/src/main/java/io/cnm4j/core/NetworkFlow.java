package io.cnm4j.core;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PruneFilter;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.Preview;
import io.cnm4j.spi.plan.Preview.Direction;
import io.cnm4j.spi.store.StaleWriteException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Networks come and go. */
final class NetworkFlow {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkFlow.class);
    private static final Set<String> RESERVED =
            Set.of(NetworkRequest.BRIDGE, NetworkRequest.HOST, NetworkRequest.NONE, "default");

    private final Engine engine;

    NetworkFlow(Engine engine) {
        this.engine = engine;
    }

    NetworkRecord create(NetworkRequest request, boolean mayExist, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.exclusive("network name " + request.name(), deadline)) {
            if (engine.isClustered(request.driver())) {
                engine.cluster.orElseThrow().refresh(deadline);
            }
            Optional<NetworkRecord> existing = named(request.name());
            if (existing.isPresent() && mayExist) {
                return same(existing.orElseThrow(), request);
            }
            refuseReserved(request.name());
            return make(request, mayExist, deadline);
        }
    }

    /** Returns the network that the controller keeps for a purpose of its own, or the caller's that has its name. GW-07 */
    NetworkRecord kept(NetworkRequest request, String purpose, Deadline deadline) {
        Optional<NetworkRecord> there = named(request.name());
        if (there.isPresent()) {
            return there.orElseThrow();
        }
        try (Turns.Turn turn = engine.turns.exclusive("network name " + request.name(), deadline)) {
            return named(request.name()).orElseGet(() -> make(request, Optional.of(purpose), deadline));
        }
    }

    /** Deletes what nobody uses; goes on after one that cannot be deleted. EG-11 */
    List<String> prune(PruneFilter filter, Deadline deadline) {
        var deleted = new ArrayList<String>();
        var failures = new Failures();
        engine.parts.ledger().networks().stream()
                .filter(network -> !RESERVED.contains(network.name())
                        && network.purpose().isEmpty() // one of our own comes and goes with who needs it
                        && engine.parts.ledger().endpointsOn(network.id()).isEmpty()
                        && filter.test(network.snapshot()))
                .sorted(Comparator.comparing(NetworkRecord::name))
                .forEach(network -> failures.attempt(() -> {
                    try {
                        delete(network.id(), deadline);
                        deleted.add(network.name());
                    } catch (InUseException | NotFoundException meanwhile) {
                        LOG.debug("network '{}' is not pruned", network.name(), meanwhile);
                    }
                }));
        failures.throwFirst();
        return List.copyOf(deleted);
    }

    /** Makes the default networks: those that are missing, and those that should be different and serve nobody. BD-01 */
    void openDefaults(Deadline deadline) {
        for (NetworkRequest request : engine.parts.defaults()) {
            Optional<NetworkRecord> there = named(request.name());
            boolean asRequested =
                    there.map(network -> network.satisfies(request)).orElse(false);
            if (there.isPresent() && !asRequested) {
                NetworkRecord network = there.orElseThrow();
                if (!engine.parts.ledger().endpointsOn(network.id()).isEmpty()) {
                    LOG.warn(
                            "default network '{}' was requested differently and stays as it is: it has endpoints",
                            network.name());
                    continue;
                }
                remove(network, deadline);
            }
            if (!asRequested) {
                make(request, Optional.empty(), deadline);
            }
        }
    }

    private NetworkRecord make(NetworkRequest request, boolean mayExist, Deadline deadline) {
        try {
            return make(request, Optional.empty(), deadline);
        } catch (ConflictException taken) {
            Optional<NetworkRecord> faster = named(request.name()); // another host's
            if (mayExist && faster.isPresent()) {
                return same(faster.orElseThrow(), request);
            }
            throw taken;
        }
    }

    private static void refuseReserved(String name) { // EG-02
        if (RESERVED.contains(name)) {
            throw new InvalidRequestException(
                    "the name '" + name
                            + "' is kept for a default network; choose another, or have that one with ControllerConfig.defaultNetworks");
        }
    }

    private NetworkRecord make(NetworkRequest request, Optional<String> purpose, Deadline deadline) {
        NetworkId id = request.id().orElseGet(() -> new NetworkId(engine.freshId()));
        refuseTwin(id);
        engine.names.reserve("networks", request.name(), id.value());
        try (Turns.Turn own = engine.turns.exclusive("network " + id, deadline)) {
            return created(request, draft(request, id).madeFor(purpose), deadline);
        } catch (RuntimeException | Error failure) {
            engine.names.release("networks", request.name(), id.value());
            throw failure;
        }
    }

    private void refuseTwin(NetworkId id) {
        if (engine.parts.ledger().network(id).isPresent()) {
            throw new ConflictException("a network with id " + id + " exists; leave the id out or choose another");
        }
    }

    private static NetworkRecord same(NetworkRecord existing, NetworkRequest request) {
        if (!existing.satisfies(request)) {
            throw new ConflictException(
                    "network '" + request.name() + "' (" + existing.id().shortForm()
                            + ") exists and was requested differently; use it as it is, or choose another name");
        }
        return existing;
    }

    private NetworkRecord created(NetworkRequest request, NetworkRecord draft, Deadline deadline) {
        NetworkId id = draft.id();
        if (engine.isClustered(request.driver())) {
            return clustered(request, id, deadline);
        }
        try {
            NetworkNeeds needs = engine.effects.needs(draft, deadline);
            engine.effects.begin(draft, Optional.empty());
            NetworkRecord network = decided(leased(draft, request, needs, deadline));
            engine.effects.make(network, deadline);
            Plan plan = engine.compose.network(network);
            engine.apply(Owner.of(network), plan, deadline);
            settle(network, plan);
            return network;
        } catch (RuntimeException | Error failure) {
            if (!engine.effects.hasExternalIpam(draft)) {
                engine.leases.release(id);
            }
            engine.effects.undo(id.value(), failure);
            throw failure;
        } finally {
            engine.effects.landed(id.value());
        }
    }

    /** A network of the cluster: decided on what is known of all others, and again if another host was faster. */
    private NetworkRecord clustered(NetworkRequest request, NetworkId id, Deadline deadline) {
        Cluster cluster = engine.cluster.orElseThrow();
        while (true) {
            long at = cluster.refresh(deadline);
            refuseNamesake(request, id);
            NetworkRecord draft = draft(request, id);
            try {
                NetworkNeeds needs = engine.effects.needs(draft, deadline);
                NetworkRecord network = decided(leased(draft, request, needs, deadline));
                cluster.settle(network, at, deadline);
                return network;
            } catch (StaleWriteException faster) {
                engine.leases.release(id);
                deadline.check("its turn at the networks of the cluster");
            } catch (RuntimeException | Error failure) {
                engine.leases.release(id);
                throw failure;
            }
        }
    }

    private void refuseNamesake(NetworkRequest request, NetworkId id) {
        refuseTwin(id);
        engine.parts.ledger().networks().stream()
                .filter(other -> other.name().equals(request.name()))
                .findFirst()
                .ifPresent(other -> {
                    engine.names.release("networks", request.name(), id.value());
                    engine.names.mirror("networks", other.name(), other.id().value());
                    throw new ConflictException("the name '" + request.name() + "' is taken in the cluster (id "
                            + other.id() + "); choose another name");
                });
    }

    private void settle(NetworkRecord network, Plan plan) {
        try {
            engine.parts.ledger().put(network);
        } catch (RuntimeException | Error failure) {
            engine.undo(Owner.of(network), plan, failure);
            throw failure;
        }
    }

    private NetworkRecord draft(NetworkRequest request, NetworkId id) {
        return NetworkRecord.draft(request, id, engine.parts.clock().instant());
    }

    private NetworkRecord leased(NetworkRecord draft, NetworkRequest request, NetworkNeeds needs, Deadline deadline) {
        return draft.withPools(
                engine.leases.take(request, draft.id(), needs, pools -> engine.effects.leasing(draft, pools), deadline),
                needs.interfacePrefix());
    }

    private NetworkRecord decided(NetworkRecord network) {
        NetworkDriver driver = engine.compose.driver(network);
        return network.withNote(driver.decideNetwork(network.state(engine.controller()), context(network)));
    }

    DriverContext context(NetworkRecord network) {
        return new DriverContext(
                engine.parts.host(),
                engine.parts.ledger().siblings(network),
                engine.parts.random(),
                engine.parts.mayForward(),
                place -> engine.parts.ledger().endpointsAt(network.id(), place));
    }

    Preview previewCreate(NetworkRequest request) {
        engine.checkOpen();
        NetworkId id = request.id().orElseGet(() -> new NetworkId(engine.freshId()));
        refuseTwin(id);
        refuseReserved(request.name());
        named(request.name()).ifPresent(taken -> {
            throw new ConflictException(
                    "the name '" + request.name() + "' is taken (id " + taken.id() + "); choose another name");
        });
        NetworkRecord draft = draft(request, id);
        engine.effects.refuseDryRun(draft);
        try {
            NetworkNeeds needs = engine.compose.driver(draft).needs(draft.state(engine.controller()));
            NetworkRecord network = decided(leased(draft, request, needs, Deadline.after(Duration.ZERO)));
            Plan plan = engine.compose.network(network);
            return new Preview(Direction.APPLY, engine.claims.alone(Owner.of(network), plan));
        } finally {
            engine.leases.release(id);
        }
    }

    Preview previewDelete(NetworkId id) {
        engine.checkOpen();
        NetworkRecord network = existing(id);
        refuseDefault(network);
        refuseInUse(network);
        return new Preview(Direction.REMOVE, engine.claims.alone(Owner.of(network), engine.compose.network(network)));
    }

    void delete(NetworkId id, Deadline deadline) {
        engine.checkOpen();
        try (Turns.Turn turn = engine.turns.exclusive("network " + id, deadline)) {
            NetworkRecord network = existing(id);
            refuseDefault(network);
            refuseInUse(network);
            remove(network, deadline);
        }
    }

    private void remove(NetworkRecord network, Deadline deadline) {
        engine.effects.remove(network, deadline);
        Plan plan = engine.compose.network(network);
        engine.remove(Owner.of(network), plan, () -> settleRemoval(network, deadline), deadline);
        engine.book.gone(network);
        engine.effects.releasePools(network, deadline);
        engine.names.release("networks", network.name(), network.id().value());
    }

    private void refuseDefault(NetworkRecord network) { // EG-02, HN-01
        if (engine.isDefault(network)) {
            throw new InvalidRequestException("network '" + network.name()
                    + "' is a default network and stays; open without ControllerConfig.defaultNetworks to delete it");
        }
    }

    private void settleRemoval(NetworkRecord network, Deadline deadline) {
        if (engine.isClustered(network.driver())) {
            engine.cluster.orElseThrow().remove(network, deadline);
            engine.parts.ledger().forget(network);
        } else {
            engine.parts.ledger().remove(network);
        }
    }

    private void refuseInUse(NetworkRecord network) {
        Collection<EndpointRecord> endpoints = engine.parts.ledger().endpointsOn(network.id());
        if (!endpoints.isEmpty()) {
            throw new InUseException("network '" + network.name() + "' still has " + endpoints.size() + " endpoint(s): "
                    + endpoints.stream()
                            .map(e -> e.name() + " (" + e.id().shortForm() + ")")
                            .sorted()
                            .limit(20)
                            .collect(Collectors.joining(", "))
                    + "; disconnect them first");
        }
    }

    NetworkRecord existing(NetworkId id) {
        return engine.parts
                .ledger()
                .network(id)
                .orElseThrow(() -> new NotFoundException("no network has id " + id + "; it was deleted, or never was"));
    }

    Optional<NetworkRecord> named(String name) {
        return engine.names
                .owner("networks", name)
                .flatMap(id -> engine.parts.ledger().network(new NetworkId(id)));
    }
}
