package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sandboxes that no network of theirs leads outside get an endpoint on one that the controller keeps: the network is made with the
 * first and goes with the last. Who needs one is derived from the records, so an open puts right what a crash interrupted. GW-06 to GW-09
 */
final class WaysOut {
    private static final Logger LOG = LoggerFactory.getLogger(WaysOut.class);
    private static final String PURPOSE = "gateway";
    private static final String TURN = "gateway network"; // shared by who enters, alone for who drops it
    private static final int SHORT_ID = 12;

    private final Engine engine;
    private final NetworkFlow networks;
    private final EndpointFlow endpoints;

    WaysOut(Engine engine, NetworkFlow networks, EndpointFlow endpoints) {
        this.engine = engine;
        this.networks = networks;
        this.endpoints = endpoints;
    }

    /** Goes on only if an endpoint is not one of the controller's own. */
    static void refuse(EndpointRecord endpoint) {
        if (endpoint.wayOutOf().isPresent()) {
            throw new InvalidRequestException(
                    "endpoint '" + endpoint.name() + "' is how its sandbox reaches the outside, and "
                            + "goes by itself when another network does that or the sandbox is deleted");
        }
    }

    /** Gives a sandbox the way out that it needs with an endpoint that is about to join. The caller has the sandbox' turn. */
    void precede(EndpointRecord joining, SandboxRecord sandbox, Deadline deadline) {
        var after = new ArrayList<>(engine.parts.ledger().endpointsIn(sandbox.id()));
        after.add(joining);
        if (isNeeded(after) && wayOut(after).isEmpty()) {
            enter(sandbox, deadline);
        }
    }

    /**
     * Gives a sandbox the way out that it needs after endpoints came or went, or takes away one that it does not need. Nothing makes that
     * undone that has come to pass: what cannot be done now a check names. The caller has the sandbox' turn. LV-03
     */
    void follow(SandboxRecord sandbox) {
        inTimeOfItsOwn(
                limit -> follow(sandbox, limit),
                damage -> LOG.warn(
                        "the way outside of container '{}' is not as it should be; repair it",
                        sandbox.containerId(),
                        damage));
    }

    private void follow(SandboxRecord sandbox, Deadline deadline) {
        Collection<EndpointRecord> there = engine.parts.ledger().endpointsIn(sandbox.id());
        Optional<EndpointRecord> wayOut = wayOut(there);
        boolean needed = isNeeded(there);
        if (needed && wayOut.isEmpty()) {
            enter(sandbox, deadline);
        } else if (!needed && wayOut.isPresent()) {
            takeAway(wayOut.orElseThrow(), sandbox, deadline);
        }
    }

    private void takeAway(EndpointRecord wayOut, SandboxRecord sandbox, Deadline deadline) {
        try {
            endpoints.takeOut(wayOut.id(), sandbox, true, deadline);
        } catch (RuntimeException | Error failure) {
            inTimeOfItsOwn(
                    limit -> mend(Owner.of(wayOut), limit), failure::addSuppressed); // it stays: with all that it has
            throw failure;
        }
        networkLeft(deadline);
    }

    private static Optional<EndpointRecord> wayOut(Collection<EndpointRecord> there) {
        return there.stream()
                .filter(endpoint -> endpoint.wayOutOf().isPresent())
                .findFirst();
    }

    private Optional<EndpointRecord> wayOut(SandboxRecord sandbox) {
        return wayOut(engine.parts.ledger().endpointsIn(sandbox.id()));
    }

    /** Tells whether endpoints need a way out: one at least, and none leads outside. GW-06 */
    private boolean isNeeded(Collection<EndpointRecord> there) {
        return there.stream().anyMatch(this::leadsNowhere)
                && there.stream()
                        .filter(endpoint -> endpoint.wayOutOf().isEmpty())
                        .allMatch(endpoint ->
                                engine.compose.defaultFamilies(endpoint).isEmpty());
    }

    private boolean leadsNowhere(EndpointRecord endpoint) {
        NetworkRecord network = engine.compose.network(endpoint);
        return !network.internal()
                && engine.compose.driver(network) instanceof InwardDriver inward
                && inward.needsWayOut(network.state(engine.controller()), endpoint.state());
    }

    private void enter(SandboxRecord sandbox, Deadline deadline) {
        try (Turns.Turn staying = engine.turns.shared(TURN, deadline)) {
            NetworkRecord network = networks.kept(engine.parts.gateway(), PURPOSE, deadline);
            endpoints.connectIn(network.id(), sandbox, EndpointRequest.named(name(sandbox)), true, deadline);
        } catch (RuntimeException | Error failure) {
            inTimeOfItsOwn(this::dropUnused, failure::addSuppressed);
            throw failure;
        }
    }

    private static String name(SandboxRecord sandbox) { // GW-08
        String container = sandbox.containerId();
        return "gateway_"
                + (container.length() <= SHORT_ID ? container : sandbox.id().shortForm());
    }

    /** A sandbox needs the network no more, perhaps the last: if it cannot go now, it goes with the next, or at open. */
    void networkLeft(Deadline deadline) {
        try {
            dropUnused(deadline);
        } catch (CnmException later) {
            LOG.warn(
                    "network '{}' stays for now, though nobody needs it",
                    engine.parts.gateway().name(),
                    later);
        }
    }

    /** Deletes the network if nobody is on it. */
    private void dropUnused(Deadline deadline) {
        if (unused().isEmpty()) {
            return;
        }
        try (Turns.Turn alone = engine.turns.exclusive(TURN, deadline)) {
            for (NetworkRecord network : unused()) {
                try {
                    networks.delete(network.id(), deadline);
                } catch (NotFoundException | InUseException faster) {
                    LOG.debug("a caller was faster with network '{}'", network.name(), faster);
                } catch (RuntimeException | Error failure) {
                    inTimeOfItsOwn(limit -> mend(Owner.of(network), limit), failure::addSuppressed);
                    throw failure;
                }
            }
        }
    }

    private List<NetworkRecord> unused() {
        return engine.parts.ledger().networks().stream()
                .filter(network -> network.purpose().equals(Optional.of(PURPOSE)))
                .filter(network ->
                        engine.parts.ledger().endpointsOn(network.id()).isEmpty())
                .toList();
    }

    /** Makes whole again what a removal that failed has left of a record's objects. */
    private void mend(Owner owner, Deadline deadline) {
        Plan plan = engine.claims.plan(owner).orElse(Plan.EMPTY);
        try (Turns.Turn turn = engine.turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            engine.parts.executor().ensure(plan, deadline);
        }
    }

    /** Takes a step that is due whatever has become of the call's deadline and whether or not the thread was interrupted. */
    private static void inTimeOfItsOwn(Consumer<Deadline> step, Consumer<Throwable> failed) {
        boolean interrupted = Thread.interrupted();
        try {
            step.accept(Deadline.after(Engine.UNDO_LIMIT));
        } catch (RuntimeException | Error failure) {
            failed.accept(failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Does for all sandboxes what an interrupted call did not. */
    void open(Deadline deadline) {
        for (SandboxRecord sandbox : astray()) {
            tolerate(sandbox.containerId(), () -> followInTurn(sandbox.id(), deadline));
        }
        networkLeft(deadline);
    }

    private static void tolerate(String container, Runnable step) {
        try {
            step.run();
        } catch (CnmException damage) {
            LOG.warn("the way outside of container '{}' is not as it should be; repair it", container, damage);
        }
    }

    private void followInTurn(SandboxId id, Deadline deadline) {
        try (Turns.Turn turn = engine.turns.exclusive("sandbox " + id, deadline)) {
            Optional<SandboxRecord> sandbox = engine.parts.ledger().sandbox(id);
            if (sandbox.isPresent()) {
                follow(sandbox.orElseThrow(), deadline);
            }
        }
    }

    private List<SandboxRecord> astray() {
        return engine.parts.ledger().sandboxes().stream().filter(this::isAstray).toList();
    }

    private boolean isAstray(SandboxRecord sandbox) {
        Collection<EndpointRecord> there = engine.parts.ledger().endpointsIn(sandbox.id());
        return isNeeded(there) != wayOut(there).isPresent();
    }

    /** Names sandboxes without the way out that they need, and those with one too many. */
    List<Finding> findings(Deadline deadline) {
        var findings = new ArrayList<Finding>();
        for (SandboxRecord sandbox : astray()) {
            try (Turns.Turn turn = engine.turns.exclusive("sandbox " + sandbox.id(), deadline)) {
                if (isAstray(sandbox)) {
                    boolean missing = wayOut(sandbox).isEmpty();
                    findings.add(new Finding(
                            missing ? Finding.Kind.MISSING : Finding.Kind.EXTRA,
                            Owner.of(sandbox).subject(),
                            Owner.of(sandbox).label(),
                            Optional.empty(),
                            "its endpoint on network '" + engine.parts.gateway().name()
                                    + (missing ? "', by which it reaches the outside" : "', which it does not need")));
                }
            }
        }
        return findings;
    }

    /** Tells whether everything is as sandboxes need it. */
    boolean areInOrder() {
        return unused().isEmpty() && astray().isEmpty();
    }

    /** Puts right what was found. */
    void repair(Set<String> subjects, Deadline deadline, Failures failures) {
        for (SandboxRecord sandbox : astray()) {
            if (subjects.contains(Owner.of(sandbox).subject())) {
                failures.attempt(() -> followInTurn(sandbox.id(), deadline));
            }
        }
        failures.attempt(() -> dropUnused(deadline));
    }
}
