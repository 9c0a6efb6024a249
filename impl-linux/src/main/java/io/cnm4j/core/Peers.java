package io.cnm4j.core;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.ClusterDriver;
import io.cnm4j.spi.driver.ClusterDriver.Peer;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Endpoints on other hosts, in the kernel of this one: for each network that is present here what there should be is compared with what was
 * made, and the difference is one plan to remove and one to apply. Callers have the network's presence turn.
 */
final class Peers {
    private final Engine engine;
    private final Map<NetworkId, Plan> made = new ConcurrentHashMap<>();

    Peers(Engine engine) {
        this.engine = engine;
    }

    /**
     * Makes the kernel reach exactly these endpoints; returns what that takes.
     *
     * @param presence the network on this host, made already
     * @param note what was decided for it
     */
    Plan sync(
            NetworkRecord network,
            Plan presence,
            Map<String, String> note,
            Collection<Revised<ClusterEndpoint>> endpoints,
            Deadline deadline) {
        Plan wanted = wanted(network, note, endpoints);
        Plan before = made.get(network.id());
        if (before == null) {
            takeOver(presence, wanted, deadline);
        } else {
            Set<KernelOp> there = new HashSet<>(before.ops());
            Set<KernelOp> kept = new HashSet<>(wanted.ops());
            remove(before.filter(op -> !kept.contains(op)), deadline);
            made.put(network.id(), before.filter(kept::contains)); // if the rest fails
            Plan fresh = wanted.filter(op -> !there.contains(op));
            if (!fresh.isEmpty()) {
                engine.parts.executor().apply(fresh, deadline);
            }
        }
        made.put(network.id(), wanted);
        return wanted;
    }

    /** The first time: an earlier life of this controller may have left entries, right or wrong. */
    private void takeOver(Plan presence, Plan wanted, Deadline deadline) {
        List<KernelOp> stale = engine.parts.executor().check(presence.then(wanted), deadline).stream()
                .filter(difference -> difference.kind() == Difference.Kind.EXTRA)
                .map(Difference::op)
                .filter(op -> op instanceof NeighbourOp.AddTunnelPeer
                        || op instanceof NeighbourOp.AddNeighbour
                        || op instanceof TunnelOp)
                .toList();
        remove(new Plan(stale), deadline);
        engine.parts.executor().ensure(wanted, deadline);
    }

    private void remove(Plan gone, Deadline deadline) {
        if (!gone.isEmpty()) {
            engine.parts.executor().remove(gone, deadline);
        }
    }

    /** Of endpoints with one address the one that came last counts. */
    private Plan wanted(
            NetworkRecord network, Map<String, String> note, Collection<Revised<ClusterEndpoint>> endpoints) {
        String self = engine.controller().value();
        var latest = new HashMap<IpPrefix, Revised<ClusterEndpoint>>();
        List<Revised<ClusterEndpoint>> ordered = endpoints.stream()
                .sorted(Comparator.comparingLong(Revised::revision))
                .toList();
        ordered.forEach(endpoint -> endpoint.record().addresses().forEach(a -> latest.put(a, endpoint)));
        var driver = (ClusterDriver) engine.compose.driver(network);
        var ops = new LinkedHashSet<KernelOp>();
        for (Revised<ClusterEndpoint> endpoint : ordered) {
            ClusterEndpoint peer = endpoint.record();
            boolean counts = peer.addresses().stream().allMatch(a -> endpoint.equals(latest.get(a)));
            if (counts && !peer.host().equals(self)) {
                ops.addAll(driver.planPeer(
                                network.state(engine.controller()), note, new Peer(peer.state(), peer.underlay()))
                        .ops());
            }
        }
        return new Plan(List.copyOf(ops));
    }

    /** Forgets what was made: it goes with the network's namespace. */
    void dropped(NetworkRecord network) {
        made.remove(network.id());
    }
}
