package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.core.ledger.EffectLog;
import io.cnm4j.core.ledger.EffectRecord;
import io.cnm4j.core.ledger.EffectRecord.Stage;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.PoolRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.spi.plan.LinkOp.MoveLink;
import io.cnm4j.spi.plan.Plan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of somebody else for networks and endpoints: noted before it is asked for, taken back by the inverse call. An effect
 * that does not agree with its record is pending, and {@link Settling} ends it. Thread-safe; callers have the turns of what they change.
 */
final class Effects {
    private static final Logger LOG = LoggerFactory.getLogger(Effects.class);

    private final Engine engine;
    private final EffectLog log;
    private final Set<String> newborn = ConcurrentHashMap.newKeySet(); // ids whose record is not written yet
    private final Outside outside;
    private final Serving serving;

    Effects(Engine engine) {
        this.engine = engine;
        this.log = engine.parts.ledger().effects();
        this.outside = new Outside(engine);
        this.serving = new Serving(engine, outside);
    }

    /** An endpoint about to join, and its network as the endpoint's interface is to be named. */
    record Ready(EndpointRecord endpoint, NetworkRecord network) {}

    /** Returns who says which endpoints are ways outside. */
    Serving serving() {
        return serving;
    }

    /** Tells whether anything is asked of somebody else for this network. */
    boolean concern(NetworkRecord network) {
        return outside.driver(network.driver()).isPresent() || hasExternalIpam(network);
    }

    boolean hasExternalIpam(NetworkRecord network) {
        return outside.hasIpam(network);
    }

    /** Runs a removal that goes on whatever somebody else says. */
    void byForce(NetworkId network, Runnable removal) {
        outside.byForce(network, removal);
    }

    NetworkNeeds needs(NetworkRecord network, Deadline deadline) {
        NetworkState state = network.state(engine.controller());
        return outside.driver(network.driver())
                .map(external -> external.needs(state, deadline))
                .orElseGet(() -> engine.compose.driver(network).needs(state));
    }

    /** Returns what there is to know of an endpoint from who made it. */
    Map<String, String> info(EndpointRecord endpoint, Deadline deadline) {
        NetworkRecord network = engine.compose.network(endpoint);
        return outside.driver(network.driver())
                .map(external -> external.info(network.id(), endpoint.id(), deadline))
                .orElseGet(endpoint::note);
    }

    /** Dry runs ask nobody for anything, so that they cannot say what somebody else would do. */
    void refuseDryRun(NetworkRecord network) {
        if (concern(network)) {
            throw new io.cnm4j.api.error.UnsupportedException(
                    "what driver '" + network.driver() + "' with IPAM driver '" + network.ipam()
                            + "' would do is known only to the plug-in; there is no dry run of it");
        }
    }

    // ---- what is made

    /**
     * Something is about to be asked for: noted now if that begins with addresses, otherwise by {@code make}. Until {@link #landed} it is
     * nobody else's to settle.
     */
    void begin(NetworkRecord network, Optional<EndpointId> endpoint) {
        if (concern(network)) {
            EffectRecord effect = EffectRecord.of(network, endpoint);
            newborn.add(effect.id());
            if (hasExternalIpam(network)) {
                log.put(effect);
            }
        }
    }

    /** From now on a record says what is there, or that nothing is. */
    void landed(String id) {
        newborn.remove(id);
    }

    /** Notes the pools that were given so far for a network that has no record yet. */
    void leasing(NetworkRecord network, List<PoolState> pools) {
        if (hasExternalIpam(network)) {
            log.of(network.id().value()).ifPresent(effect -> log.put(effect.with(pools, List.of())));
        }
    }

    void make(NetworkRecord network, Deadline deadline) {
        if (concern(network)) {
            log.put(begun(network, Optional.empty())
                    .at(Stage.MAKING)
                    .with(network.pools().stream().map(PoolRecord::state).toList(), List.of()));
            outside.driver(network.driver())
                    .ifPresent(external -> external.createNetwork(network.state(engine.controller()), deadline));
        }
    }

    private EffectRecord begun(NetworkRecord network, Optional<EndpointId> endpoint) {
        EffectRecord fresh = EffectRecord.of(network, endpoint);
        return log.of(fresh.id()).orElse(fresh);
    }

    /** Returns the endpoint with what somebody else gave it. */
    EndpointRecord make(EndpointRecord endpoint, NetworkRecord network, Optional<MacAddress> mac, Deadline deadline) {
        if (!concern(network)) {
            return endpoint;
        }
        List<IpPrefix> leased = hasExternalIpam(network) ? endpoint.addresses() : List.of();
        log.put(begun(network, Optional.of(endpoint.id())).at(Stage.MAKING).with(List.of(), leased));
        Optional<ExternalDriver.Made> made = outside.driver(network.driver())
                .map(external ->
                        external.createEndpoint(network.state(engine.controller()), endpoint.state(), mac, deadline));
        return made.map(given -> endpoint.withAddresses(
                                given.addresses(), given.mac().orElse(endpoint.mac()))
                        .withNote(given.note()))
                .orElse(endpoint);
    }

    /** Notes the addresses that were given for an endpoint that has no record yet. */
    void leased(EndpointId endpoint, NetworkRecord network, List<IpPrefix> addresses) {
        if (hasExternalIpam(network)) {
            log.put(existing(endpoint.value()).with(List.of(), addresses));
        }
    }

    Ready join(EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Deadline deadline) {
        Optional<ExternalDriver> external = outside.driver(network.driver());
        if (external.isEmpty()) {
            return new Ready(endpoint, network);
        }
        log.put(existing(endpoint.id().value()).at(Stage.JOINING));
        ExternalDriver.Offer offer = external.orElseThrow()
                .join(network.state(engine.controller()), endpoint.state(), sandbox.namespacePath(), deadline);
        var note = new HashMap<>(endpoint.note());
        note.putAll(offer.note());
        EndpointRecord ready = endpoint.withNote(note);
        return new Ready(
                endpoint.interfaceWish().isPresent() ? ready : ready.withInterfaceWish(offer.interfaceName()),
                network.withPools(network.pools(), offer.interfacePrefix()));
    }

    /** Notes which link is about to be moved, and that the driver is about to be told that the endpoint is the way outside, if it is. */
    void moving(EndpointRecord endpoint, Plan plan) {
        Optional<MoveLink> link = plan.ops().stream()
                .filter(MoveLink.class::isInstance)
                .map(MoveLink.class::cast)
                .findFirst();
        log.of(endpoint.id().value()).ifPresent(effect -> {
            boolean told = outside.driver(effect.driver()).isPresent() && Serving.serves(endpoint);
            EffectRecord next = (link.isPresent() ? effect.with(link) : effect).serving(effect.serving() || told);
            if (!next.equals(effect)) {
                log.put(next);
            }
        });
    }

    // ---- what is taken back

    /** Asks to let an endpoint leave, while its interface is still in the sandbox. */
    void leave(EndpointRecord endpoint, Deadline deadline) {
        NetworkRecord network = engine.compose.network(endpoint);
        Optional<ExternalDriver> external = outside.driver(network.driver());
        if (external.isPresent()) {
            EffectRecord effect = existing(endpoint.id().value());
            EffectRecord leaving = effect.at(Stage.LEAVING).serving(effect.serving() || Serving.serves(endpoint));
            log.put(leaving);
            outside.ask(network.id(), deadline, limit -> leave(external.orElseThrow(), leaving, limit));
        }
    }

    private static void leave(ExternalDriver external, EffectRecord effect, Deadline deadline) {
        EndpointId endpoint = effect.endpoint().orElseThrow();
        if (effect.serving()) {
            external.serveNoMore(effect.network(), endpoint, deadline);
        }
        external.leave(effect.network(), endpoint, deadline);
    }

    /** The endpoint's record says that it is in no sandbox. */
    void left(EndpointRecord endpoint) {
        note(endpoint.id().value(), effect -> log.put(effect.left()));
    }

    /** Asks to remove an endpoint, and gives back its addresses outside. */
    void remove(EndpointRecord endpoint, Deadline deadline) {
        log.of(endpoint.id().value()).ifPresent(effect -> {
            log.put(effect.at(Stage.GOING));
            outside.removeEndpoint(effect, deadline);
        });
    }

    /** The record of a network or endpoint is gone, and all that was asked for before is taken back. */
    void gone(String id) {
        note(id, log::remove);
    }

    /** Notes what has come to pass. That does not fail what came to pass: it is settled later, as after a crash. */
    private void note(String id, Consumer<EffectRecord> step) {
        try {
            log.of(id).ifPresent(step);
        } catch (CnmException later) {
            LOG.warn("it is not noted yet that something of {} is taken back; it will be", id, later);
            engine.settling().start();
        }
    }

    /** Asks to remove a network. */
    void remove(NetworkRecord network, Deadline deadline) {
        log.of(network.id().value()).ifPresent(effect -> {
            log.put(effect.at(Stage.GOING));
            outside.driver(effect.driver())
                    .ifPresent(external ->
                            outside.ask(network.id(), deadline, limit -> external.deleteNetwork(network.id(), limit)));
        });
    }

    /** Gives back the pools of a network whose record is gone. What cannot be given back now is settled later. */
    void releasePools(NetworkRecord network, Deadline deadline) {
        Optional<EffectRecord> effect = log.of(network.id().value());
        if (effect.isEmpty() || !hasExternalIpam(network)) {
            engine.leases.release(network.id());
            gone(network.id().value());
            return;
        }
        try {
            outside.ask(network.id(), deadline, limit -> outside.releasePools(effect.orElseThrow(), limit));
            gone(network.id().value());
        } catch (CnmException later) {
            LOG.warn("pools of {} are not given back yet; they will be", network.name(), later);
            engine.settling().start();
        }
    }

    /** Gives back the addresses that are leased here. */
    void release(NetworkRecord network, List<IpPrefix> addresses) {
        if (!hasExternalIpam(network)) {
            engine.leases.release(network.id(), addresses);
        }
    }

    /**
     * Takes back, after a failure, all that the record does not speak of. Where somebody did not answer before he is not waited for
     * again: that is settled later, and what fails too is added to the failure.
     */
    void undo(String id, Throwable failure) {
        landed(id);
        Optional<EffectRecord> effect = log.of(id);
        if (effect.isEmpty()) {
            return;
        }
        outside.inTimeOfItsOwn(failure, limit -> settle(effect.orElseThrow(), limit));
    }

    // ---- what was interrupted

    List<EffectRecord> pending() {
        return log.all().stream().filter(this::isPending).toList();
    }

    /** Tells whether an effect does not agree with its record. */
    boolean isPending(EffectRecord effect) {
        if (newborn.contains(effect.id()) || log.of(effect.id()).isEmpty()) {
            return false;
        }
        Stage stage = log.of(effect.id()).orElseThrow().stage();
        if (effect.endpoint().isEmpty()) {
            return stage == Stage.GOING
                    || engine.parts.ledger().network(effect.network()).isEmpty();
        }
        Optional<EndpointRecord> record =
                engine.parts.ledger().endpoint(effect.endpoint().orElseThrow());
        if (record.isEmpty() || stage == Stage.GOING || stage == Stage.LEAVING) {
            return true;
        }
        boolean joined = record.orElseThrow().joined().isPresent();
        return stage == Stage.JOINING && (!joined || serving.differs(record.orElseThrow()));
    }

    /** Takes back what was asked for beyond what the record says. */
    void settle(EffectRecord effect, Deadline deadline) {
        if (effect.endpoint().isEmpty()) {
            if (effect.stage() != Stage.LEASING) {
                outside.driver(effect.driver())
                        .ifPresent(external -> external.deleteNetwork(effect.network(), deadline));
            }
            outside.releasePools(effect, deadline);
            log.remove(effect);
            return;
        }
        EndpointId endpoint = effect.endpoint().orElseThrow();
        if (effect.stage().compareTo(Stage.JOINING) >= 0) {
            outside.driver(effect.driver()).ifPresent(external -> leave(external, effect, deadline));
            effect.link().ifPresent(link -> engine.parts.executor().remove(Plan.of(link), deadline));
        }
        if (engine.parts.ledger().endpoint(endpoint).isPresent()) {
            log.put(effect.left());
        } else {
            outside.removeEndpoint(effect, deadline);
            log.remove(effect);
        }
    }

    private EffectRecord existing(String id) {
        return log.of(id).orElseThrow(() -> new IllegalStateException("nothing was noted before asking for " + id));
    }
}
