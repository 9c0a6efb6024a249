package io.cnm4j.core;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.ClosedException;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import java.util.Comparator;
import java.util.HexFormat;

/** What all flows of one controller share. Thread-safe. */
final class Engine implements AutoCloseable {
    final ControllerParts parts;
    final Turns turns = new Turns();
    final Names names = new Names();
    final Claims claims = new Claims();
    final Leases leases;
    final Compose compose;
    private volatile boolean closed;

    /** Derives names, leases and claims from the records, and makes the kernel hold what they say. */
    Engine(ControllerParts parts, Deadline deadline) {
        this.parts = parts;
        this.leases = new Leases(parts.ipams(), parts.host());
        this.compose = new Compose(parts);
        for (NetworkRecord network : parts.ledger().networks()) {
            names.reserve("networks", network.name(), network.id().value());
            leases.restore(network);
            hold(owner(network), compose.network(network), deadline);
        }
        for (SandboxRecord sandbox : parts.ledger().sandboxes()) {
            names.reserve("containers", sandbox.containerId(), sandbox.id().value());
            hold(owner(sandbox), compose.sandbox(sandbox), deadline);
            parts.ledger().endpointsIn(sandbox.id()).stream()
                    .sorted(Comparator.comparing(EndpointRecord::name))
                    .forEach(endpoint -> hold(owner(endpoint), compose.attachment(endpoint, sandbox), deadline));
        }
        for (NetworkRecord network : parts.ledger().networks()) {
            for (EndpointRecord endpoint : parts.ledger().endpointsOn(network.id())) {
                names.reserve(
                        endpointSpace(network), endpoint.name(), endpoint.id().value());
                leases.restore(endpoint);
            }
        }
    }

    private void hold(String owner, Plan plan, Deadline deadline) {
        claims.take(owner, plan);
        parts.executor().ensure(plan, deadline);
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
    void apply(String owner, Plan plan, Deadline deadline) {
        try (Turns.Turn turn = turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            claims.take(owner, plan);
            try {
                parts.executor().apply(claims.alone(owner, plan), deadline);
            } catch (RuntimeException | Error refused) {
                claims.release(owner, plan);
                throw refused;
            }
        }
    }

    /** Makes absent what the owner alone claims, and gives up the claims. If the kernel refuses, the claims stay. */
    void remove(String owner, Plan plan, Deadline deadline) {
        try (Turns.Turn turn = turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            parts.executor().remove(claims.alone(owner, plan), deadline);
            claims.release(owner, plan);
        }
    }

    /** Undoes an applied plan because a later step failed; what also fails is added to the failure. */
    void undo(String owner, Plan plan, Throwable failure, Deadline deadline) {
        try {
            remove(owner, plan, deadline);
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        }
    }

    static String owner(NetworkRecord network) {
        return "network '" + network.name() + "'";
    }

    static String owner(SandboxRecord sandbox) {
        return "sandbox of container '" + sandbox.containerId() + "'";
    }

    static String owner(EndpointRecord endpoint) {
        return "endpoint '" + endpoint.name() + "' (" + endpoint.id().shortForm() + ")";
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
        try {
            parts.executor().close();
        } finally {
            parts.ledger().close();
        }
    }
}
