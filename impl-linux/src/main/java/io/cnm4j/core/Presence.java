package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.Family;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.ClusterDriver;
import io.cnm4j.spi.driver.ClusterDriver.Underlay;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What networks of the cluster have on this host while one of its endpoints is in a sandbox: a namespace with a tunnel, and the endpoints of
 * other hosts in it. Callers of what changes a network have its turn. Thread-safe.
 */
final class Presence {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final Duration HASTE = Duration.ofSeconds(3); // after a failure

    private final Engine engine;
    private final Cluster cluster;
    private final Peers peers;

    Presence(Engine engine, Cluster cluster) {
        this.engine = engine;
        this.cluster = cluster;
        this.peers = new Peers(engine);
    }

    /** Returns the key of the turn that whoever changes a network's presence on this host has. */
    static String turn(NetworkId network) {
        return "presence " + network;
    }

    private static Owner owner(NetworkRecord network) {
        return new Owner(
                "presence " + network.id(), turn(network.id()), "network '" + network.name() + "' on this host");
    }

    private boolean covers(NetworkRecord network) {
        return cluster.covers(network.driver());
    }

    /** Notes that an endpoint of a network came, changed or went. */
    void changed(NetworkId network, EndpointId endpoint) {
        peers.changed(network, endpoint);
    }

    /** Decides how a network is on this host, as its endpoints here have it already. */
    Map<String, String> decide(NetworkRecord network) {
        Optional<Map<String, String>> here = note(network);
        if (here.isPresent()) {
            return here.orElseThrow();
        }
        LinkFacts link = engine.parts
                .host()
                .linkWith(cluster.parts.address())
                .orElseThrow(() -> new ConfigurationException("no link of this host has the address "
                        + cluster.parts.address() + "; give ControllerConfig.cluster one that the host has"));
        var namespace = NamespaceRef.at(engine.parts.run().namespaces() + "/" + RunDirectory.NETWORK
                + network.id().shortForm());
        return driver(network)
                .decidePresence(
                        network.state(engine.controller()),
                        new Underlay(
                                cluster.parts.address(),
                                link.mtu(),
                                cluster.parts.dataPort(),
                                cluster.parts.encryptedPort(),
                                kernelEncrypts(),
                                namespace));
    }

    /** One port is for all encrypted networks of a host: while this process encrypts some, by records of before, it does all. */
    private boolean kernelEncrypts() {
        boolean ipv4 = cluster.parts.address().family() == Family.IPV4;
        return cluster.parts.kernelEncryption()
                && engine.parts.host().has(ipv4 ? KernelFeature.ESP : KernelFeature.ESP6)
                && engine.claims.plans().values().stream().noneMatch(Sealing::isServed);
    }

    private ClusterDriver driver(NetworkRecord network) {
        return (ClusterDriver) engine.compose.driver(network);
    }

    private Optional<Map<String, String>> note(NetworkRecord network) {
        return engine.parts.ledger().endpointsOn(network.id()).stream()
                .filter(endpoint -> endpoint.joined().isPresent())
                .findFirst()
                .map(EndpointRecord::note);
    }

    /** Waits until nobody else changes the presence of these networks; those that are no cluster's have none. */
    Turns.Turn turn(Collection<NetworkRecord> networks, Deadline deadline) {
        return engine.turns.exclusive(
                networks.stream()
                        .filter(this::covers)
                        .map(network -> turn(network.id()))
                        .toList(),
                deadline);
    }

    /** Makes the network present for an endpoint that is about to join, and reaches the others. The caller has the turn. */
    void enter(NetworkRecord network, EndpointRecord endpoint, Deadline deadline) {
        if (!covers(network)) {
            return;
        }
        if (!engine.claims.has(owner(network))) {
            Plan plan = planned(network, endpoint.note());
            try (Turns.Turn seals = cluster.sealing.turn(plan, deadline)) {
                cluster.sealing.ready(plan, deadline);
                engine.apply(owner(network), plan, deadline);
            }
        }
        reach(network, endpoint.note(), deadline);
    }

    private Plan planned(NetworkRecord network, Map<String, String> note) {
        return driver(network).planPresence(network.state(engine.controller()), note);
    }

    private void reach(NetworkRecord network, Map<String, String> note, Deadline deadline) {
        engine.claims.contain(owner(network), () -> peers.plan(network.id()));
        peers.sync(network, planned(network, note), note, cluster.view, deadline);
    }

    /** Reaches the endpoints on other hosts, or removes the presence that no endpoint needs any more. The caller has the turn. */
    void adjust(NetworkRecord network, Deadline deadline) {
        if (!covers(network)) {
            return;
        }
        try {
            settle(network, deadline);
        } catch (RuntimeException | Error failure) {
            cluster.keeper.touch(network.id()); // nobody else would try again
            throw failure;
        }
    }

    /** The same after an endpoint that is out already: now, or when the kernel lets it. */
    void adjustSoon(NetworkRecord network, Deadline deadline) {
        try {
            adjust(network, deadline);
        } catch (CnmException later) {
            LOG.warn("network '{}' is not on this host as it should be; trying again", network.name(), later);
        }
    }

    /** The same after a failure, which it is added to. */
    void adjust(NetworkRecord network, Throwable failure) {
        try {
            adjust(network, Deadline.after(HASTE));
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        }
    }

    private void settle(NetworkRecord network, Deadline deadline) {
        Optional<Map<String, String>> here = note(network);
        if (here.isPresent()) {
            reach(network, here.orElseThrow(), deadline);
        } else {
            peers.dropped(network);
            engine.claims.plan(owner(network)).ifPresent(plan -> {
                try (Turns.Turn seals = cluster.sealing.turn(plan, deadline)) {
                    engine.remove(owner(network), plan, () -> {}, deadline);
                }
            });
        }
    }

    /** Claims what networks have on this host by its records: at open. */
    void adopt() {
        engine.parts.ledger().networks().stream()
                .filter(this::covers)
                .forEach(network ->
                        note(network).ifPresent(note -> engine.claims.take(owner(network), planned(network, note))));
    }

    /** Makes sure that networks are on this host as its records say: at open, before the endpoints. */
    void hold(Deadline deadline) {
        for (NetworkRecord network : engine.parts.ledger().networks()) {
            if (covers(network)) {
                engine.claims
                        .plan(owner(network))
                        .ifPresent(plan -> engine.parts.executor().ensure(plan, deadline));
            }
        }
    }
}
