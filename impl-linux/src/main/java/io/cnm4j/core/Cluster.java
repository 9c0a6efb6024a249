package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.core.cluster.ClusterStore;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.cluster.ClusterView;
import io.cnm4j.core.cluster.Membership;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.ClusterDriver;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.KeyValueStore.Subscription;
import io.cnm4j.spi.store.StaleWriteException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This controller's part in a cluster. Thread-safe. */
final class Cluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final Duration HASTE = Duration.ofSeconds(3); // for what may be done later as well

    final ClusterParts parts;
    final ClusterView view;
    final ClusterStore store;
    final Membership membership;
    private final Engine engine;
    final Presence presence;
    final ClusterKeeper keeper;
    final Sealing sealing;
    private final Map<String, Revised<ClusterEndpoint>> claimed = new ConcurrentHashMap<>(); // by endpoint id
    private volatile @Nullable Subscription following;

    Cluster(Engine engine, ClusterParts parts) {
        this.engine = engine;
        this.parts = parts;
        this.presence = new Presence(engine, this);
        this.keeper = new ClusterKeeper(engine, this);
        String self = engine.controller().value();
        this.membership =
                new Membership(parts.store(), self, parts.address().toString(), parts.timeToLive(), keeper::joinAgain);
        this.store = new ClusterStore(parts.store(), membership);
        this.view = new ClusterView(keeper);
        this.sealing = new Sealing(engine, this);
    }

    /** Learns what there is, before the records of this host are looked at. */
    void follow(Deadline deadline) {
        following = parts.store().within(deadline).follow("", view::told);
    }

    /** Takes its place among the hosts, and goes on following. */
    void join(Deadline deadline) {
        membership.join(deadline);
        keeper.reconcile(deadline);
        keeper.start();
        if (engine.claims.plans().values().stream().anyMatch(Sealing::concerns)) {
            sealing.resume();
        }
    }

    /** Tells whether a driver's networks belong to the cluster. */
    boolean covers(String driver) {
        return engine.parts.drivers().get(driver) instanceof ClusterDriver;
    }

    /** Learns all networks there are; returns what a new one relies on. */
    long refresh(Deadline deadline) {
        ClusterStore.Networks all = store.networks(deadline);
        all.networks().forEach(view::learn);
        engine.leases.learnRest();
        return all.at();
    }

    /** Records a new network for all hosts. */
    void settle(NetworkRecord network, long at, Deadline deadline) {
        long revision = store.add(network, at, deadline);
        view.learn(new Revised<>(network, revision));
    }

    /** Removes a network for all hosts. */
    void remove(NetworkRecord network, Deadline deadline) {
        keeper.unclaim(deadline); // what is gone here is no reason to keep it
        store.remove(network, deadline);
    }

    /**
     * Takes name and addresses of a new endpoint in the whole cluster.
     *
     * @param into the sandbox it joins, if it does
     * @throws StaleWriteException if an address is taken
     */
    void claim(NetworkRecord network, EndpointRecord endpoint, Optional<SandboxRecord> into, Deadline deadline) {
        long revision = view.revision(network.id())
                .orElseThrow(() -> new NotFoundException("network '" + network.name() + "' is gone"));
        ClusterEndpoint mine = told(endpoint, into);
        try {
            claimed.put(mine.id().value(), new Revised<>(mine, store.claim(mine, revision, deadline)));
        } catch (StaleWriteException lost) {
            if (ClusterStore.isAddress(lost)) {
                throw lost;
            }
            if (ClusterStore.isName(lost)) {
                throw new ConflictException("the name '" + endpoint.name() + "' is taken on network '" + network.name()
                        + "' by an endpoint of another host; choose another name");
            }
            throw new NotFoundException(
                    "network '" + network.name() + "' is being deleted, or changed this moment; look again");
        }
    }

    private ClusterEndpoint told(EndpointRecord endpoint, Optional<SandboxRecord> inside) {
        List<String> names = inside.filter(SandboxRecord::isFound)
                .map(sandbox -> Naming.registration(endpoint, sandbox).names())
                .orElse(List.of());
        return ClusterEndpoint.of(endpoint, names, engine.controller().value(), parts.address());
    }

    /** Tells the other hosts what an endpoint is called now that it joined or left: at once, or when the store is there again. */
    void announce(EndpointRecord endpoint) {
        try {
            announce(endpoint.id(), Deadline.after(HASTE));
        } catch (CnmException later) {
            LOG.warn("the other hosts are not told yet what endpoint '{}' is called", endpoint.name(), later);
            keeper.announceLater(endpoint.id());
        }
    }

    /**
     * Makes the cluster's entry of an endpoint what its records say.
     *
     * @throws StoreException if it could not be written now
     */
    void announce(EndpointId id, Deadline deadline) {
        Revised<ClusterEndpoint> before = claimed.get(id.value());
        Optional<EndpointRecord> endpoint = engine.parts.ledger().endpoint(id);
        if (before == null || endpoint.isEmpty()) {
            return;
        }
        ClusterEndpoint now = told(
                endpoint.orElseThrow(),
                endpoint.flatMap(EndpointRecord::joined)
                        .flatMap(joined -> engine.parts.ledger().sandbox(joined.sandbox())));
        if (!now.equals(before.record())) {
            long revision = store.rewrite(now, before.revision(), deadline);
            claimed.replace(id.value(), before, new Revised<>(now, revision));
        }
    }

    /** Returns the hardware address that goes with addresses, whoever has them: who knew it before need not learn it again. OV-13 */
    static MacAddress mac(EndpointRequest request, List<IpPrefix> addresses, MacAddress usual) {
        if (request.mac().isPresent() || addresses.isEmpty()) {
            return usual;
        }
        byte[] octets = addresses.get(0).address().octets();
        long last = ByteBuffer.wrap(octets, octets.length - 4, 4).getInt() & 0xffff_ffffL;
        return new MacAddress(0x0242_0000_0000L | last);
    }

    /** Gives back here the addresses that were tried in vain, unless another host is known to have them. */
    void giveBack(NetworkRecord network, List<IpPrefix> tried) {
        String self = engine.controller().value();
        engine.leases.release(
                network.id(),
                tried.stream()
                        .filter(address -> !view.isTaken(network.id(), address.address(), self))
                        .toList());
    }

    /** Notes an endpoint of this host that the store has. */
    void claimed(Revised<ClusterEndpoint> endpoint) {
        claimed.put(endpoint.record().id().value(), endpoint);
    }

    /** Gives back what an endpoint had in the cluster: now, or when the store is there again. */
    void unclaim(EndpointRecord endpoint) {
        Revised<ClusterEndpoint> mine = claimed.remove(endpoint.id().value());
        if (mine != null) {
            try {
                store.unclaim(mine.record(), mine.revision(), Deadline.after(HASTE));
            } catch (CnmException later) {
                LOG.warn("the cluster's store is not told yet that endpoint '{}' is gone", endpoint.name(), later);
                keeper.unclaimLater(mine);
            }
        }
    }

    /** Tells whether the store is needed and out of reach. */
    static StoreException noCluster(String driver) { // OV-25, DS-13
        return new StoreException("driver '" + driver
                + "' needs a store that the hosts share; open the controller with ControllerConfig.cluster");
    }

    @Override
    public void close() {
        keeper.close();
        Subscription open = following;
        if (open != null) {
            open.close();
        }
        parts.store().close();
    }
}
