package io.cnm4j.core;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.ClosedException;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/** What all flows of one controller share. Thread-safe. */
final class Engine implements AutoCloseable {
    private static final Duration UNDO_LIMIT = Duration.ofSeconds(20);

    final ControllerParts parts;
    final Turns turns = new Turns();
    final Names names = new Names();
    final Claims claims = new Claims();
    final Leases leases;
    final Compose compose;
    final Publishing publishing;
    final Doctor doctor;
    private volatile boolean closed;
    private Optional<Guard> guard = Optional.empty();

    Engine(ControllerParts parts) {
        this.parts = parts;
        this.leases = new Leases(parts.ipams(), parts.host());
        this.compose = new Compose(parts);
        this.publishing = new Publishing(parts, compose);
        this.doctor = new Doctor(this);
    }

    /** Closes the guard with the engine. */
    void guard(Guard watching) {
        guard = Optional.of(watching);
    }

    ControllerId controller() {
        return parts.ledger().controller();
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
        try (Turns.Turn turn = turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            claims.take(owner, plan);
            try {
                parts.executor().apply(claims.alone(owner, plan), deadline);
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
        boolean interrupted = Thread.interrupted();
        var deadline = Deadline.after(UNDO_LIMIT);
        try (Turns.Turn turn = turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            takeBack(owner, plan, deadline);
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        } finally {
            claims.release(owner);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
        closed = true;
        guard.ifPresent(Guard::close);
        try {
            parts.executor().close();
        } finally {
            parts.ledger().close();
        }
    }
}
