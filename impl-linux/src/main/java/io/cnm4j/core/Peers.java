package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.spi.driver.ClusterDriver;
import io.cnm4j.spi.driver.ClusterDriver.Peer;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints on other hosts, in the kernel of this one: for each network that is present here what there should be is compared with what was
 * made, and the difference is one plan to remove and one to apply. Of many endpoints only those that changed are planned anew. Callers have
 * the network's presence turn.
 */
final class Peers {
    private final Engine engine;
    private final Map<NetworkId, Made> made = new ConcurrentHashMap<>();

    /** An endpoint that is reached, and what that takes. */
    private record Reached(long revision, Plan plan) {
        boolean isSameAs(@Nullable Reached other) {
            return other != null && revision == other.revision;
        }
    }

    /** What was made for a network; of operations that endpoints share also for how many. */
    private record Made(Map<EndpointId, Reached> peers, Map<KernelOp, Integer> users) {
        private static final Made NOTHING = new Made(Map.of(), new HashMap<>());
    }

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
        Optional<Made> before =
                Optional.ofNullable(made.remove(network.id())); // after a failure nothing is taken for granted
        Map<EndpointId, Reached> wanted =
                wanted(network, note, endpoints, before.orElse(Made.NOTHING).peers());
        Map<KernelOp, Integer> users;
        if (before.isPresent()) {
            users = before.orElseThrow().users();
            change(before.orElseThrow().peers(), wanted, users, deadline);
        } else {
            users = new HashMap<>();
            wanted.values().forEach(peer -> count(users, peer, 1));
            takeOver(presence, new Plan(List.copyOf(users.keySet())), deadline);
        }
        made.put(network.id(), new Made(wanted, users));
        return new Plan(List.copyOf(users.keySet()));
    }

    private static void count(Map<KernelOp, Integer> users, Reached peer, int more) {
        peer.plan().ops().forEach(op -> users.merge(op, more, Integer::sum));
    }

    /** Removes what nobody needs any more, then applies what is new. */
    private void change(
            Map<EndpointId, Reached> before,
            Map<EndpointId, Reached> wanted,
            Map<KernelOp, Integer> users,
            Deadline deadline) {
        Map<KernelOp, Integer> difference = new LinkedHashMap<>();
        before.forEach((id, peer) -> {
            if (!peer.isSameAs(wanted.get(id))) {
                count(difference, peer, -1);
            }
        });
        wanted.forEach((id, peer) -> {
            if (!peer.isSameAs(before.get(id))) {
                count(difference, peer, 1);
            }
        });
        var gone = new ArrayList<KernelOp>();
        var fresh = new ArrayList<KernelOp>();
        difference.forEach((op, more) -> {
            int was = users.getOrDefault(op, 0);
            int is = was + more;
            if (was > 0 && is == 0) {
                gone.add(op);
            } else if (was == 0 && is > 0) {
                fresh.add(op);
            }
        });
        remove(new Plan(gone), deadline);
        if (!fresh.isEmpty()) {
            engine.parts.executor().apply(new Plan(fresh), deadline);
        }
        difference.forEach((op, more) -> users.merge(op, more, (was, by) -> was + by == 0 ? null : was + by));
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
    private Map<EndpointId, Reached> wanted(
            NetworkRecord network,
            Map<String, String> note,
            Collection<Revised<ClusterEndpoint>> endpoints,
            Map<EndpointId, Reached> before) {
        String self = engine.controller().value();
        var latest = new HashMap<IpPrefix, Long>();
        for (Revised<ClusterEndpoint> endpoint : endpoints) {
            for (IpPrefix address : endpoint.record().addresses()) {
                latest.merge(address, endpoint.revision(), Math::max);
            }
        }
        var driver = (ClusterDriver) engine.compose.driver(network);
        NetworkState state = network.state(engine.controller());
        Map<EndpointId, Reached> wanted = new HashMap<>();
        for (Revised<ClusterEndpoint> endpoint : endpoints) {
            ClusterEndpoint peer = endpoint.record();
            boolean counts = peer.addresses().stream().allMatch(a -> latest.getOrDefault(a, 0L) == endpoint.revision());
            if (counts && !peer.host().equals(self)) {
                Reached known = before.get(peer.id());
                boolean still = known != null && known.revision() == endpoint.revision();
                wanted.put(
                        peer.id(),
                        still ? known : new Reached(endpoint.revision(), planned(driver, state, note, peer)));
            }
        }
        return wanted;
    }

    private static Plan planned(
            ClusterDriver driver, NetworkState network, Map<String, String> note, ClusterEndpoint peer) {
        return driver.planPeer(network, note, new Peer(peer.state(), peer.underlay()));
    }

    /** Forgets what was made: it goes with the network's namespace. */
    void dropped(NetworkRecord network) {
        made.remove(network.id());
    }
}
