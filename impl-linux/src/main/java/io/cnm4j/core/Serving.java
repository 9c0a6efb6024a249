package io.cnm4j.core;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.Family;
import io.cnm4j.core.ledger.EffectLog;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.host.Deadline;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those outside which of their endpoints is the way outside of its sandbox. What an effect says was told last is written before it
 * is told, so that after a crash it differs from the record unless the record came to be: then it is told again. Callers have the turn of
 * the sandbox. Thread-safe. DR-08, RN-12, RN-13
 */
final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    private final Engine engine;
    private final EffectLog log;
    private final Outside outside;

    Serving(Engine engine, Outside outside) {
        this.engine = engine;
        this.log = engine.parts.ledger().effects();
        this.outside = outside;
    }

    /** Tells whether an endpoint is the way outside of its sandbox for any family. */
    static boolean serves(EndpointRecord endpoint) {
        return endpoint.joined().map(joined -> !joined.gatewayFor().isEmpty()).orElse(false);
    }

    /**
     * Tells what is different for the endpoints of a sandbox; who gives up is told first.
     *
     * @param before the endpoints that are in it, as they are
     * @param after those that will be, as they will be
     */
    void change(Collection<EndpointRecord> before, Collection<EndpointRecord> after, Deadline deadline) {
        List<EndpointRecord> theirs =
                after.stream().filter(endpoint -> driver(endpoint).isPresent()).toList();
        for (EndpointRecord endpoint : theirs) {
            if (!serves(endpoint) && word(endpoint, before).isPresent()) {
                tellNoMore(endpoint, deadline);
            }
        }
        for (EndpointRecord endpoint : theirs) {
            Optional<Boolean> word = word(endpoint, after);
            if (word.isPresent() && !word.equals(word(endpoint, before))) {
                tell(endpoint, word.orElseThrow(), deadline);
            }
        }
    }

    /** The same when endpoints take over from one that leaves whatever comes of it: what cannot be told now is told later. */
    void inherit(Collection<EndpointRecord> before, Collection<EndpointRecord> after, Deadline deadline) {
        for (EndpointRecord heir : after) {
            try {
                Optional<Boolean> word = word(heir, after);
                if (driver(heir).isPresent() && word.isPresent() && !word.equals(word(heir, before))) {
                    tell(heir, word.orElseThrow(), deadline);
                }
            } catch (CnmException later) {
                LOG.warn("endpoint '{}' could not take over as gateway yet; it will", heir.name(), later);
                note(heir, false);
                engine.settling().start();
            }
        }
    }

    /** Tells, after a failure, of the endpoints of a sandbox what the records say. */
    void asRecorded(SandboxId sandbox, Throwable failure) {
        for (EndpointRecord endpoint : engine.parts.ledger().endpointsIn(sandbox)) {
            if (differs(endpoint)) {
                outside.inTimeOfItsOwn(failure, limit -> settle(endpoint, limit));
            }
        }
    }

    /** Tells what the record says, if it says something else than what was told last. */
    void settle(EndpointRecord endpoint, Deadline deadline) {
        if (!differs(endpoint)) {
            return;
        }
        Optional<Boolean> word = word(
                endpoint,
                engine.parts
                        .ledger()
                        .endpointsIn(endpoint.joined().orElseThrow().sandbox()));
        if (word.isPresent()) {
            tell(endpoint, word.orElseThrow(), deadline);
        } else {
            tellNoMore(endpoint, deadline);
        }
    }

    /** Tells whether an endpoint in a sandbox is recorded otherwise than what was told last. */
    boolean differs(EndpointRecord endpoint) {
        return driver(endpoint).isPresent()
                && log.of(endpoint.id().value())
                        .map(effect -> effect.serving() != serves(endpoint))
                        .orElse(false);
    }

    private void tell(EndpointRecord endpoint, boolean otherForIpv6, Deadline deadline) {
        note(endpoint, true);
        driver(endpoint).orElseThrow().serveAsGateway(endpoint.network(), endpoint.state(), otherForIpv6, deadline);
    }

    private void tellNoMore(EndpointRecord endpoint, Deadline deadline) {
        note(endpoint, false);
        driver(endpoint).orElseThrow().serveNoMore(endpoint.network(), endpoint.id(), deadline);
    }

    private void note(EndpointRecord endpoint, boolean serving) {
        log.of(endpoint.id().value())
                .filter(effect -> effect.serving() != serving)
                .ifPresent(effect -> log.put(effect.serving(serving)));
    }

    /** Returns what is to be told of an endpoint: whether another one serves IPv6; nothing if it does not serve or is not there. */
    private static Optional<Boolean> word(EndpointRecord endpoint, Collection<EndpointRecord> there) {
        boolean other = there.stream()
                .filter(one -> !one.id().equals(endpoint.id()))
                .anyMatch(one -> one.joined().orElseThrow().gatewayFor().contains(Family.IPV6));
        return there.stream()
                .filter(one -> one.id().equals(endpoint.id()) && serves(one))
                .findFirst()
                .map(one -> other);
    }

    private Optional<ExternalDriver> driver(EndpointRecord endpoint) {
        return outside.driver(engine.compose.network(endpoint).driver());
    }
}
