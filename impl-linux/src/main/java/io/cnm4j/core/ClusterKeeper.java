package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.cluster.ClusterView;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.StaleWriteException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what follows from the cluster's changes, on a thread of its own. Thread-safe. */
final class ClusterKeeper implements ClusterView.Events, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterKeeper.class);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Engine engine;
    private final Cluster cluster;
    private final ScheduledExecutorService thread;
    private final Set<NetworkId> touched = ConcurrentHashMap.newKeySet();
    private final Queue<Revised<ClusterEndpoint>> leftover = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean queued = new AtomicBoolean(true); // nothing runs before the start
    private final AtomicBoolean joining = new AtomicBoolean();
    private final FarNames farNames;

    ClusterKeeper(Engine engine, Cluster cluster) {
        this.engine = engine;
        this.cluster = cluster;
        this.farNames = new FarNames(engine.parts.names());
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            var worker = new Thread(task, "cnm4j cluster");
            worker.setDaemon(true);
            return worker;
        });
    }

    private String self() {
        return engine.controller().value();
    }

    /** Begins to work on what was told. */
    void start() {
        later(Duration.ZERO, this::catchUp);
        cluster.view.endpoints().stream()
                .map(endpoint -> endpoint.record().host())
                .distinct()
                .filter(host -> !cluster.view.isAlive(host))
                .forEach(this::hostGone);
    }

    void later(Duration delay, Runnable task) {
        if (!thread.isShutdown()) {
            var unused = thread.schedule(() -> tolerate(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static void tolerate(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("the cluster's thread goes on after a failure", failure);
        }
    }

    @Override
    public void learned(NetworkRecord network, long revision) {
        if (!engine.parts.drivers().all().containsKey(network.driver())) {
            LOG.warn(
                    "network '{}' of the cluster needs driver '{}', which is not on the class path: it is left out",
                    network.name(),
                    network.driver());
            return;
        }
        boolean fresh = engine.parts.ledger().network(network.id()).isEmpty();
        engine.parts.ledger().learn(network, revision);
        if (fresh) {
            try {
                engine.names.reserve("networks", network.name(), network.id().value());
            } catch (ConflictException taken) {
                LOG.warn("network {} of the cluster is found by its id only", network.id(), taken);
            }
            engine.leases.learn(network);
        }
        touch(network.id());
    }

    @Override
    public void forgotten(NetworkRecord network) {
        engine.parts.ledger().forget(network);
        engine.names.release("networks", network.name(), network.id().value());
        engine.leases.release(network.id());
        engine.book.gone(network);
    }

    @Override
    public void address(NetworkId network, IpAddress address, String controller, boolean taken) {
        if (!controller.equals(self())) {
            engine.leases.seen(network, address, taken);
        }
    }

    @Override
    public void endpoint(ClusterEndpoint endpoint, boolean there) {
        cluster.presence.changed(endpoint.network(), endpoint.id());
        if (endpoint.host().equals(self())) {
            return;
        }
        engine.parts.ledger().network(endpoint.network()).ifPresent(network -> {
            String space = Engine.endpointSpace(network);
            if (there) {
                engine.names.mirror(space, endpoint.name(), endpoint.id().value());
            } else {
                engine.names.release(space, endpoint.name(), endpoint.id().value());
            }
            farNames.told(network, endpoint, there);
        });
        touch(endpoint.network());
    }

    @Override
    public void keysChanged() {
        cluster.sealing.touch();
    }

    @Override
    public void hostGone(String controller) {
        if (controller.equals(self())) {
            return;
        }
        Duration delay = cluster.parts
                .grace()
                .multipliedBy(1 + cluster.view.rank(self()))
                .plus(PAUSE);
        later(delay, () -> free(controller));
    }

    /** Takes care that a network is looked at soon. */
    void touch(NetworkId network) {
        touched.add(network);
        if (queued.compareAndSet(false, true)) {
            later(Duration.ZERO, this::catchUp);
        }
    }

    /** Brings the kernel up to date for all networks that changed: many changes are one difference. */
    private void catchUp() {
        queued.set(false);
        for (NetworkId id : List.copyOf(touched)) {
            touched.remove(id);
            engine.parts.ledger().network(id).ifPresent(network -> {
                try {
                    Deadline deadline = Deadline.after(LIMIT);
                    try (Turns.Turn turn = cluster.presence.turn(List.of(network), deadline)) {
                        cluster.presence.adjust(network, deadline);
                    }
                } catch (CnmException failed) {
                    LOG.warn("network '{}' does not reach all of the cluster; trying again", network.name(), failed);
                    later(PAUSE, () -> touch(id));
                }
            });
        }
    }

    /** Frees what a host that is gone had, once its grace is over. */
    private void free(String controller) {
        if (cluster.view.isAlive(controller)) {
            return;
        }
        try {
            cluster.sealing.free(controller, Deadline.after(LIMIT));
            for (Revised<ClusterEndpoint> endpoint : cluster.view.endpoints()) {
                if (endpoint.record().host().equals(controller)) {
                    cluster.store.free(endpoint.record(), endpoint.revision(), Deadline.after(LIMIT));
                }
            }
        } catch (CnmException failed) {
            LOG.warn("what host {} had is not freed yet; trying again", controller, failed);
            later(PAUSE.multipliedBy(4), () -> free(controller));
        }
    }

    /** Takes care that the store forgets an endpoint when it is there again. */
    void unclaimLater(Revised<ClusterEndpoint> endpoint) {
        leftover.add(endpoint);
        later(PAUSE, this::unclaim);
    }

    /** Takes care that the store learns what an endpoint is called when it is there again. */
    void announceLater(EndpointId endpoint) {
        later(PAUSE.multipliedBy(4), () -> {
            try {
                cluster.announce(endpoint, Deadline.after(LIMIT));
            } catch (CnmException notYet) {
                announceLater(endpoint);
            }
        });
    }

    private void unclaim() {
        try {
            unclaim(Deadline.after(LIMIT));
        } catch (CnmException notYet) {
            later(PAUSE.multipliedBy(4), this::unclaim);
        }
    }

    /** Has the store forget now what it could not be told to forget before. */
    void unclaim(Deadline deadline) {
        for (Revised<ClusterEndpoint> next = leftover.peek(); next != null; next = leftover.peek()) {
            cluster.store.unclaim(next.record(), next.revision(), deadline);
            leftover.remove(next);
        }
    }

    /** The store took this host for gone. */
    void joinAgain() {
        if (joining.compareAndSet(false, true)) {
            later(Duration.ZERO, this::rejoin);
        }
    }

    private void rejoin() {
        Deadline deadline = Deadline.after(LIMIT);
        try {
            cluster.membership.join(deadline);
            reconcile(deadline);
            joining.set(false);
            cluster.sealing.touch();
            LOG.info("this host is a member of the cluster again");
        } catch (CnmException notYet) {
            LOG.warn("this host is no member of the cluster; trying again", notYet);
            later(PAUSE, this::rejoin);
        }
    }

    /** Makes the cluster's endpoints of this host those of its records. An endpoint that lost its address to another is taken out. */
    void reconcile(Deadline deadline) {
        Set<String> there = new HashSet<>();
        for (Revised<ClusterEndpoint> endpoint : cluster.store.endpoints(deadline)) {
            if (!endpoint.record().host().equals(self())) {
                continue;
            }
            if (engine.parts.ledger().endpoint(endpoint.record().id()).isPresent()) {
                there.add(endpoint.record().id().value());
                cluster.claimed(endpoint);
                cluster.announce(endpoint.record().id(), deadline); // it may have moved between sandboxes meanwhile
            } else {
                cluster.store.unclaim(endpoint.record(), endpoint.revision(), deadline);
            }
        }
        for (EndpointRecord endpoint : engine.parts.ledger().endpoints()) {
            engine.parts.ledger().network(endpoint.network()).ifPresent(network -> {
                if (cluster.covers(network.driver())
                        && !there.contains(endpoint.id().value())) {
                    claimAgain(network, endpoint, deadline);
                }
            });
        }
    }

    private void claimAgain(NetworkRecord network, EndpointRecord endpoint, Deadline deadline) {
        try {
            Optional<SandboxRecord> sandbox =
                    endpoint.joined().flatMap(joined -> engine.parts.ledger().sandbox(joined.sandbox()));
            cluster.claim(network, endpoint, sandbox, deadline);
        } catch (StaleWriteException | ConflictException lost) {
            LOG.error(
                    "endpoint '{}' of network '{}' lost its place while this host was out of reach; it is taken out",
                    endpoint.name(),
                    network.name(),
                    lost);
            later(Duration.ZERO, () -> engine.lostEndpoint(endpoint));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        boolean interrupted = false;
        try {
            boolean ended = thread.awaitTermination(5, TimeUnit.SECONDS);
            if (!ended) {
                LOG.warn("the cluster's thread did not end in time");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
