package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.core.PeerTable.Change;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.cluster.ClusterView;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Endpoints on other hosts, in the kernel of this one: for each network that is present here what there should be is compared with what was
 * made, and the difference is one plan to remove and one to apply. Callers of what changes a network have its presence turn.
 */
final class Peers {
    private final Engine engine;
    private final Map<NetworkId, PeerTable> tables = new ConcurrentHashMap<>();
    private final Map<NetworkId, Set<EndpointId>> news = new ConcurrentHashMap<>(); // of networks that have tables
    private final Set<NetworkId> sound = ConcurrentHashMap.newKeySet(); // whose tables are what the kernel has

    Peers(Engine engine) {
        this.engine = engine;
    }

    /** Notes that an endpoint came, changed or went: the view knows how. */
    void changed(NetworkId network, EndpointId endpoint) {
        news.computeIfPresent(network, (id, changed) -> {
            changed.add(endpoint);
            return changed;
        });
    }

    /**
     * Makes the kernel reach exactly the endpoints of the view.
     *
     * @param presence the network on this host, made already
     * @param note what was decided for it
     */
    void sync(NetworkRecord network, Plan presence, Map<String, String> note, ClusterView view, Deadline deadline) {
        var driver = (ClusterDriver) engine.compose.driver(network);
        NetworkState state = network.state(engine.controller());
        Function<ClusterEndpoint, Plan> planned =
                peer -> driver.planPeer(state, note, new Peer(peer.state(), peer.underlay()));
        Function<EndpointId, Optional<Revised<ClusterEndpoint>>> now = id -> view.endpoint(network.id(), id);
        if (sound.remove(network.id())) { // after a failure nothing is taken for granted
            PeerTable table = table(network.id());
            Change change = table.change(heard(network.id()), now, planned);
            remove(change.gone(), deadline);
            if (!change.fresh().isEmpty()) {
                engine.parts.executor().apply(change.fresh(), deadline);
            }
            table.done();
        } else {
            news.put(network.id(), ConcurrentHashMap.newKeySet());
            var table = new PeerTable(engine.controller().value());
            Change change = table.change(view.endpointIds(network.id()), now, planned);
            takeOver(presence, change.fresh(), deadline);
            table.done();
            tables.put(network.id(), table);
        }
        sound.add(network.id());
    }

    private PeerTable table(NetworkId network) {
        return Optional.ofNullable(tables.get(network)).orElseThrow();
    }

    /** Returns what changed since the last time. */
    private Set<EndpointId> heard(NetworkId network) {
        return Optional.ofNullable(news.put(network, ConcurrentHashMap.newKeySet()))
                .orElseThrow();
    }

    /** Returns what it takes to reach the endpoints that are reached. */
    Plan plan(NetworkId network) {
        return Optional.ofNullable(tables.get(network)).map(PeerTable::plan).orElse(Plan.EMPTY);
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

    /** Forgets what was made: it goes with the network's namespace. */
    void dropped(NetworkRecord network) {
        sound.remove(network.id());
        news.remove(network.id());
        tables.remove(network.id());
    }
}
