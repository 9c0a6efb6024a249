package io.cnm4j.core;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.ClosedException;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.registry.Named;
import io.cnm4j.spi.driver.ClusterDriver;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What all flows of one controller share. Thread-safe. */
final class Engine implements AutoCloseable {
    static final Duration UNDO_LIMIT = Duration.ofSeconds(20);

    final ControllerParts parts;
    final Turns turns = new Turns();
    final Names names = new Names();
    final Claims claims = new Claims();
    final Leases leases;
    final Compose compose;
    final Publishing publishing;
    final Follow follow;
    final NameBook book;
    final Doctor doctor;
    final Effects effects;
    final Optional<Cluster> cluster;
    private Consumer<EndpointRecord> takeOut = endpoint -> {};
    private volatile boolean closed;
    private Optional<Guard> guard = Optional.empty();
    private Optional<Settling> settling = Optional.empty();
    private Optional<WaysOut> waysOut = Optional.empty();
    private Optional<HookSource.Open> hooks = Optional.empty();

    Engine(ControllerParts parts) {
        this.parts = parts;
        this.leases = new Leases(this::ipams, parts.host(), parts.ledger());
        this.compose = new Compose(parts);
        this.publishing = new Publishing(parts, compose);
        this.follow = new Follow(this);
        this.book = new NameBook(parts, compose);
        this.doctor = new Doctor(this);
        this.effects = new Effects(this);
        this.cluster = parts.cluster().map(with -> new Cluster(this, with));
    }

    /** Returns where the networks of a driver have their addresses from. */
    Named<Ipam> ipams(String driver) {
        return isClustered(driver) ? parts.cluster().orElseThrow().ipams() : parts.ipams();
    }

    /**
     * Tells whether the networks of a driver belong to the cluster.
     *
     * @throws io.cnm4j.api.error.StoreException if they do and this controller takes part in none
     */
    boolean isClustered(String driver) {
        boolean clustered = parts.drivers().get(driver) instanceof ClusterDriver;
        if (clustered && cluster.isEmpty()) {
            throw Cluster.noCluster(driver);
        }
        return clustered;
    }

    /** Waits until nobody else changes how these networks are on this host; only those of a cluster come and go with endpoints. */
    Turns.Turn presence(Collection<NetworkRecord> networks, Deadline deadline) {
        return cluster.map(with -> with.presence.turn(networks, deadline)).orElse(() -> {});
    }

    /** Says how an endpoint is taken out that the cluster gave to another. */
    void onLoss(Consumer<EndpointRecord> taker) {
        takeOut = taker;
    }

    /** Takes out an endpoint that the cluster gave to another. */
    void lostEndpoint(EndpointRecord endpoint) {
        takeOut.accept(endpoint);
    }

    /** Closes the guard with the engine. */
    void guard(Guard watching) {
        guard = Optional.of(watching);
    }

    /** Closes the hooks with the engine. */
    void hooks(HookSource.Open listening) {
        hooks = Optional.of(listening);
    }

    Optional<HookSource.Open> hooks() {
        return hooks;
    }

    /** Closes the settling with the engine. */
    void settling(Settling ending) {
        settling = Optional.of(ending);
    }

    Settling settling() {
        return settling.orElseThrow();
    }

    /** Says how sandboxes reach the outside that have no network for it. */
    void waysOut(WaysOut leading) {
        waysOut = Optional.of(leading);
    }

    WaysOut waysOut() {
        return waysOut.orElseThrow();
    }

    ControllerId controller() {
        return parts.ledger().controller();
    }

    /** Tells whether a network is one of those that are there by themselves. */
    boolean isDefault(NetworkRecord network) {
        return parts.defaults().stream().anyMatch(request -> request.name().equals(network.name()));
    }

    /** Goes on only if the controller is open. */
    void checkOpen() {
        if (closed) {
            throw new ClosedException(
                    "controller " + controller().shortForm() + " is closed; open it again with NetworkController.open");
        }
    }

    /** Returns 64 random hex digits. */
    String freshId() {
        byte[] octets = new byte[32];
        parts.random().nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }

    /** Applies the plan for a new owner: claims first, shared objects one at a time; undoes the claims if the kernel refuses. */
    void apply(Owner owner, Plan plan, Deadline deadline) {
        apply(owner, plan, () -> Sequel.NONE, deadline);
    }

    /**
     * The same with a part of the plan left to the caller.
     *
     * @param next the rest, which shares nothing, worked out while the kernel is busy with the beginning; claims what the owner has then, and
     *     undoes what else it did itself if this fails
     */
    void apply(Owner owner, Plan beginning, Supplier<Sequel> next, Deadline deadline) {
        try (Turns.Turn turn = turns.exclusive(Claims.sharedKeys(beginning), deadline)) {
            claims.take(owner, beginning);
            try {
                parts.executor().apply(claims.alone(owner, beginning), next, deadline);
            } catch (RuntimeException | Error refused) {
                claims.release(owner);
                throw refused;
            }
        }
    }

    /**
     * Makes absent what the owner alone claims, lets {@code settle} record that, and gives up the claims. If one of them fails
     * the claims stay as the record does, so that a check names what is missing and the removal can be repeated.
     */
    void remove(Owner owner, Plan plan, Runnable settle, Deadline deadline) {
        try (Turns.Turn turn = turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            parts.executor().remove(claims.alone(owner, plan), deadline);
            settle.run();
            claims.release(owner);
        }
    }

    /**
     * Undoes an applied plan because a later step failed, in time of its own and whether or not the thread was interrupted. What
     * also fails is added to the failure; what is left then is an orphan, since nobody claims it.
     */
    void undo(Owner owner, Plan plan, Throwable failure) {
        undo(owner, plan, Move.NONE, failure);
    }

    /** The same for a plan with which something moved that is to be back then. */
    void undo(Owner owner, Plan plan, Move move, Throwable failure) {
        boolean interrupted = Thread.interrupted();
        var deadline = Deadline.after(UNDO_LIMIT);
        try (Turns.Turn turn = turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            var problems = new Failures();
            problems.attempt(() -> move.undo(parts.executor(), deadline));
            problems.attempt(() -> takeBack(owner, plan.without(move.taken().ops()), deadline)); // that is back
            problems.throwFirst();
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        } finally {
            claims.release(owner);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets endpoints that changed claim what they have now. */
    void claimAnew(Collection<EndpointRecord> changed, SandboxRecord sandbox) {
        changed.forEach(endpoint -> claims.take(Owner.of(endpoint), compose.attachment(endpoint, sandbox)));
    }

    private void takeBack(Owner owner, Plan plan, Deadline deadline) {
        try {
            parts.executor().remove(claims.alone(owner, plan), deadline);
        } finally {
            claims.release(owner); // while it is still our turn at what is shared
        }
    }

    static String endpointSpace(NetworkRecord network) {
        return "endpoints of network '" + network.name() + "'";
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        hooks.ifPresent(HookSource.Open::close);
        closed = true;
        guard.ifPresent(Guard::close);
        settling.ifPresent(Settling::close);
        cluster.ifPresent(Cluster::close);
        try (var drivers = parts.drivers();
                var ipams = parts.ipams();
                var ledger = parts.ledger()) {
            parts.executor().close();
        }
    }
}
