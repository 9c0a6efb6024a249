package io.cnm4j.core;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.core.ledger.EffectRecord;
import io.cnm4j.core.ledger.EffectRecord.Stage;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those outside whom drivers and IPAM drivers ask, and what is asked of them to take something back. Thread-safe. */
final class Outside {
    private static final Logger LOG = LoggerFactory.getLogger(Outside.class);
    private static final Duration UNDO_LIMIT = Duration.ofSeconds(10);
    private static final Duration FORCED_LIMIT = Duration.ofSeconds(1);

    private final Engine engine;
    private final Set<NetworkId> forced = ConcurrentHashMap.newKeySet();

    Outside(Engine engine) {
        this.engine = engine;
    }

    /** Returns the driver of this name, if what it does happens outside. */
    Optional<ExternalDriver> driver(String name) {
        NetworkDriver driver = engine.parts.drivers().get(name);
        return driver instanceof ExternalDriver external ? Optional.of(external) : Optional.empty();
    }

    /** Tells whether the addresses of a network are somebody else's. */
    boolean hasIpam(NetworkRecord network) {
        return engine.ipams(network.driver()).get(network.ipam()).external();
    }

    /** Gives back the pools that an effect names. */
    void releasePools(EffectRecord effect, Deadline deadline) {
        engine.leases.forget(effect.network());
        effect.pools()
                .forEach(pool -> engine.parts
                        .ipams()
                        .get(effect.ipam())
                        .restorePool(pool)
                        .within(deadline)
                        .close());
        if (effect.stage() == Stage.LEASING && effect.pools().isEmpty()) {
            LOG.debug(
                    "IPAM driver '{}' was asked for pools of network {} and may hold some that it did not name",
                    effect.ipam(),
                    effect.network());
        }
    }

    /** Asks to remove an endpoint and gives back its addresses. */
    void removeEndpoint(EffectRecord effect, Deadline deadline) {
        ask(effect.network(), deadline, limit -> {
            if (effect.stage() != Stage.LEASING) {
                driver(effect.driver())
                        .ifPresent(external -> external.deleteEndpoint(
                                effect.network(), effect.endpoint().orElseThrow(), limit));
            }
            engine.leases.release(effect.network(), effect.addresses(), limit);
        });
    }

    /** Calls, once and briefly and whatever comes of it if the network is removed by force. */
    void ask(NetworkId network, Deadline deadline, Consumer<Deadline> call) {
        if (!forced.contains(network)) {
            call.accept(deadline);
            return;
        }
        try {
            call.accept(Deadline.after(FORCED_LIMIT));
        } catch (CnmException unanswered) {
            LOG.warn("forgotten by force; the plug-in may still hold it", unanswered);
        }
    }

    /**
     * Takes a step that is due after a failure, whatever has become of the call's deadline and whether or not the thread was interrupted.
     * Where somebody did not answer before he is not waited for again: that is settled later, and what fails too is added to the failure.
     */
    void inTimeOfItsOwn(Throwable failure, Consumer<Deadline> step) {
        boolean unanswered = failure instanceof DeadlineException
                || (failure instanceof PluginException plugin && plugin.answer() == PluginException.Answer.NONE);
        if (unanswered) {
            engine.settling().start();
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            step.accept(Deadline.after(UNDO_LIMIT));
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
            engine.settling().start();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Runs a removal that goes on whatever somebody else says. */
    void byForce(NetworkId network, Runnable removal) {
        forced.add(network);
        try {
            removal.run();
        } finally {
            forced.remove(network);
        }
    }
}
