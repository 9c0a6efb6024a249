package io.cnm4j.core;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.Finding;
import io.cnm4j.core.ledger.EffectRecord;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends effects that were interrupted: by a crash, or by a plug-in that did not answer. A thread of its own tries while any are left, at
 * ever longer intervals; nobody waits for it. Thread-safe.
 */
final class Settling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Settling.class);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);
    private static final long FIRST_PAUSE = 1_000; // milliseconds
    private static final long LONGEST_PAUSE = 60_000;

    private final Engine engine;
    private final NetworkFlow networks;
    private final EndpointFlow endpoints;
    private final CountDownLatch end = new CountDownLatch(1);
    private @Nullable Thread thread; // guarded by this

    Settling(Engine engine, NetworkFlow networks, EndpointFlow endpoints) {
        this.engine = engine;
        this.networks = networks;
        this.endpoints = endpoints;
    }

    /** Begins to settle what is pending, if anything is; returns at once. */
    synchronized void start() {
        if (end.getCount() == 0 || thread != null || engine.effects.pending().isEmpty()) {
            return;
        }
        var worker = new Thread(this::work, "cnm4j-settling");
        worker.setDaemon(true);
        thread = worker;
        worker.start();
    }

    private void work() {
        long pause = FIRST_PAUSE;
        while (rest(pause)) {
            for (EffectRecord effect : engine.effects.pending()) {
                try {
                    settle(effect, Deadline.after(LIMIT));
                } catch (ClosedException over) {
                    return;
                } catch (CnmException failure) { // there is no caller; a check names it
                    LOG.warn("could not settle {} yet", effect.subject(), failure);
                }
            }
            pause = Math.min(LONGEST_PAUSE, pause * 2);
        }
    }

    /** Waits; tells whether to go on. */
    private boolean rest(long millis) {
        boolean over;
        try {
            over = end.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            over = true;
        }
        synchronized (this) {
            if (over || engine.effects.pending().isEmpty()) {
                thread = null;
                return false;
            }
            return true;
        }
    }

    /** Ends an effect if it is still pending: what a record speaks of by the verb that was interrupted. */
    void settle(EffectRecord effect, Deadline deadline) {
        try {
            if (effect.endpoint().isPresent()) {
                settleEndpoint(effect, deadline);
            } else if (engine.parts.ledger().network(effect.network()).isPresent()) {
                if (engine.effects.isPending(effect)) {
                    networks.delete(effect.network(), deadline);
                }
            } else {
                settleAlone(effect, deadline);
            }
        } catch (NotFoundException | ConflictException | InvalidRequestException overtaken) {
            if (engine.effects.isPending(effect)) {
                throw overtaken; // nobody else ended it meanwhile: it is the plug-in that is not there
            }
        }
    }

    private void settleEndpoint(EffectRecord effect, Deadline deadline) {
        Optional<EndpointRecord> record =
                engine.parts.ledger().endpoint(effect.endpoint().orElseThrow());
        boolean going = effect.stage() == EffectRecord.Stage.GOING;
        boolean joined = record.flatMap(EndpointRecord::joined).isPresent();
        if (joined && effect.stage() == EffectRecord.Stage.JOINING) {
            settleServing(record.orElseThrow(), deadline);
        } else if (joined && engine.effects.isPending(effect)) {
            endpoints.leave(record.orElseThrow().id(), going, () -> engine.effects.isPending(effect), deadline);
        } else if (record.isPresent() && engine.effects.isPending(effect) && going) {
            endpoints.delete(record.orElseThrow().id(), deadline);
        } else {
            settleAlone(effect, deadline);
        }
    }

    private void settleServing(EndpointRecord record, Deadline deadline) {
        try (Turns.Turn turn = engine.turns.exclusive(sandbox(record), deadline)) {
            engine.parts
                    .ledger()
                    .endpoint(record.id())
                    .filter(now -> now.isIn(record.joined().orElseThrow().sandbox()))
                    .ifPresent(now -> engine.effects.serving().settle(now, deadline));
        }
    }

    private static String sandbox(EndpointRecord endpoint) {
        return "sandbox " + endpoint.joined().orElseThrow().sandbox();
    }

    /** Returns whose turn whoever changes an effect has: the sandbox' while the endpoint is in one. */
    private String turn(EffectRecord effect) {
        return effect.endpoint()
                .flatMap(id -> engine.parts.ledger().endpoint(id))
                .filter(endpoint -> endpoint.joined().isPresent())
                .map(Settling::sandbox)
                .orElse(effect.subject());
    }

    private void settleAlone(EffectRecord effect, Deadline deadline) {
        try (Turns.Turn turn = engine.turns.exclusive(effect.subject(), deadline)) {
            Optional<EffectRecord> now = engine.parts.ledger().effects().of(effect.id());
            if (now.isPresent() && engine.effects.isPending(now.orElseThrow())) {
                engine.effects.settle(now.orElseThrow(), deadline);
            }
        }
    }

    /** Ends the effects on endpoints whose records are gone; what cannot be ended now is ended later. */
    void settleNow(List<EndpointRecord> removed, Deadline deadline) {
        for (EndpointRecord endpoint : removed) {
            try {
                engine.parts.ledger().effects().of(endpoint.id().value()).ifPresent(effect -> settle(effect, deadline));
            } catch (CnmException later) {
                LOG.warn("could not settle endpoint '{}' yet", endpoint.name(), later);
            }
        }
        start();
    }

    /** Names what is pending, and who does not answer although networks need him. */
    List<Finding> findings(Deadline deadline) {
        var findings = new ArrayList<Finding>();
        for (EffectRecord effect : engine.effects.pending()) {
            try (Turns.Turn turn = engine.turns.exclusive(turn(effect), deadline)) {
                if (engine.effects.isPending(effect)) {
                    findings.add(finding(effect));
                }
            }
        }
        unanswering(deadline)
                .forEach((network, why) -> findings.add(new Finding(
                        Finding.Kind.OUTSIDE,
                        "network " + network.id(),
                        Owner.of(network).label(),
                        Optional.empty(),
                        "driver '" + network.driver() + "' does not answer: " + why)));
        return findings;
    }

    private static Finding finding(EffectRecord effect) {
        return new Finding(
                Finding.Kind.OUTSIDE,
                effect.subject(),
                effect.subject(),
                Optional.empty(),
                "driver '" + effect.driver() + "' or IPAM driver '" + effect.ipam()
                        + "' may hold what no record speaks of: a call was interrupted while " + effect.stage());
    }

    private Map<NetworkRecord, String> unanswering(Deadline deadline) {
        var failures = new LinkedHashMap<String, String>();
        var unanswering = new LinkedHashMap<NetworkRecord, String>();
        for (NetworkRecord network : engine.parts.ledger().networks()) {
            NetworkDriver driver = engine.parts.drivers().get(network.driver());
            if (driver instanceof ExternalDriver external) {
                String why = failures.computeIfAbsent(network.driver(), name -> probe(external, deadline));
                if (!why.isEmpty()) {
                    unanswering.put(network, why);
                }
            }
        }
        return unanswering;
    }

    private static String probe(ExternalDriver driver, Deadline deadline) {
        try {
            deadline.check("driver '" + driver.name() + "' to answer");
            driver.probe(Deadline.after(PROBE_LIMIT));
            return "";
        } catch (CnmException failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    /** Settles what these findings are about. */
    void repair(Set<String> subjects, Deadline deadline, Failures failures) {
        for (EffectRecord effect : engine.effects.pending()) {
            if (subjects.contains(effect.subject())) {
                failures.attempt(() -> settle(effect, deadline));
            }
        }
    }

    /** Ends the thread; a call that it waits for is given up. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            end.countDown();
            running = thread;
        }
        if (running != null) {
            running.interrupt();
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
