package io.cnm4j.core.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the cluster's store holds, as far as this host was told. Thread-safe. */
public final class ClusterView {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterView.class);

    private final Events events;
    private final Map<NetworkId, Revised<NetworkRecord>> networks = new HashMap<>(); // all guarded by this
    private final Map<NetworkId, Map<EndpointId, Revised<ClusterEndpoint>>> endpoints = new HashMap<>();
    private final Map<NetworkId, Map<IpAddress, String>> addresses = new HashMap<>(); // to the controller that has it
    private final Set<String> hosts = new HashSet<>();

    /** What follows from changes. Called in the order of the changes, never by two at once; must not wait. */
    public interface Events {
        /** A network is new, or was written again. */
        void learned(NetworkRecord network, long revision);

        /** A network is gone. */
        void forgotten(NetworkRecord network);

        /** An address of a network was taken by a controller, or given back by it. */
        void address(NetworkId network, IpAddress address, String controller, boolean taken);

        /** An endpoint came, changed or went. */
        void endpoint(ClusterEndpoint endpoint, boolean there);

        /** Keys of encrypted networks, or who uses which, changed. */
        void keysChanged();

        /** A host is gone. */
        void hostGone(String controller);
    }

    /** Tells these events. */
    public ClusterView(Events events) {
        this.events = events;
    }

    /** Takes in what the store told. */
    public synchronized void told(List<Change> changes) {
        changes.forEach(change -> {
            try {
                told(change);
            } catch (CnmException unreadable) {
                LOG.warn("an entry of the cluster cannot be used and is left out", unreadable);
            }
        });
    }

    private void told(Change change) {
        String key = change.key();
        if (key.startsWith(Keys.NETWORK)) {
            network(change);
        } else if (key.startsWith(Keys.ENDPOINT)) {
            endpoint(change);
        } else if (key.startsWith(Keys.ADDRESS)) {
            address(change);
        } else if (key.startsWith(Keys.HOST)) {
            host(Keys.last(key), change.value().isPresent());
        } else if (key.equals(Keys.RING) || key.startsWith(Keys.SEALER)) {
            events.keysChanged();
        }
    }

    private static <R> Optional<Revised<R>> record(Change change, Class<R> type) {
        return change.value()
                .map(value -> new Entry(change.key(), value, change.revision()))
                .map(entry -> new Revised<>(RecordCodec.decode(entry, type), change.revision()));
    }

    private void network(Change change) {
        record(change, NetworkRecord.class).ifPresentOrElse(this::learn, () -> {
            Revised<NetworkRecord> gone = networks.remove(new NetworkId(Keys.last(change.key())));
            if (gone != null) {
                events.forgotten(gone.record());
            }
        });
    }

    /** Takes in a network that was read. */
    public synchronized void learn(Revised<NetworkRecord> network) {
        NetworkId id = network.record().id();
        Revised<NetworkRecord> before = networks.get(id);
        if (before != null && before.revision() >= network.revision()) {
            return;
        }
        networks.put(id, network);
        events.learned(network.record(), network.revision());
        addresses.getOrDefault(id, Map.of()).forEach((address, host) -> events.address(id, address, host, true));
        endpoints.getOrDefault(id, Map.of()).values().forEach(endpoint -> events.endpoint(endpoint.record(), true));
    }

    private void endpoint(Change change) {
        var network = new NetworkId(Keys.middle(change.key()));
        var id = new EndpointId(Keys.last(change.key()));
        Map<EndpointId, Revised<ClusterEndpoint>> there = endpoints.computeIfAbsent(network, unused -> new HashMap<>());
        record(change, ClusterEndpoint.class)
                .ifPresentOrElse(
                        endpoint -> {
                            there.put(id, endpoint);
                            events.endpoint(endpoint.record(), true);
                        },
                        () -> Optional.ofNullable(there.remove(id))
                                .ifPresent(gone -> events.endpoint(gone.record(), false)));
    }

    private void address(Change change) {
        var network = new NetworkId(Keys.middle(change.key()));
        IpAddress address = IpAddress.parse(Keys.last(change.key()));
        Optional<String> owner = change.value().map(value -> new String(value, UTF_8).split(" ", 2)[0]);
        if (owner.isPresent()) {
            addresses.computeIfAbsent(network, unused -> new HashMap<>()).put(address, owner.orElseThrow());
            events.address(network, address, owner.orElseThrow(), true);
        } else {
            freed(network, address);
        }
    }

    private void host(String controller, boolean there) {
        if (there) {
            hosts.add(controller);
        } else if (hosts.remove(controller)) {
            events.hostGone(controller);
        }
    }

    /** Returns an endpoint on any host. */
    public synchronized Optional<Revised<ClusterEndpoint>> endpoint(NetworkId network, EndpointId endpoint) {
        return Optional.ofNullable(endpoints.getOrDefault(network, Map.of()).get(endpoint));
    }

    /** Returns which endpoints a network has on all hosts. */
    public synchronized Collection<EndpointId> endpointIds(NetworkId network) {
        return List.copyOf(endpoints.getOrDefault(network, Map.of()).keySet());
    }

    /** Returns the endpoints of all networks. */
    public synchronized Collection<Revised<ClusterEndpoint>> endpoints() {
        return endpoints.values().stream().flatMap(map -> map.values().stream()).toList();
    }

    /** Tells whether another controller than this has the address. */
    public synchronized boolean isTaken(NetworkId network, IpAddress address, String self) {
        String owner = addresses.getOrDefault(network, Map.of()).get(address);
        return owner != null && !owner.equals(self);
    }

    /** Tells whether another controller than this has the endpoint. */
    public synchronized boolean isTaken(NetworkId network, EndpointId endpoint, String self) {
        return endpoint(network, endpoint)
                .filter(there -> !there.record().host().equals(self))
                .isPresent();
    }

    /** Takes in that nobody has the address: it was read, and the store tells of it later. */
    public synchronized void freed(NetworkId network, IpAddress address) {
        Optional.ofNullable(addresses.getOrDefault(network, Map.of()).remove(address))
                .ifPresent(before -> events.address(network, address, before, false));
    }

    /** Returns the revision of a network, if there is one. */
    public synchronized Optional<Long> revision(NetworkId network) {
        return Optional.ofNullable(networks.get(network)).map(Revised::revision);
    }

    /** Tells whether a host is there. */
    public synchronized boolean isAlive(String controller) {
        return hosts.contains(controller);
    }

    /** Returns how many hosts that are there come before this one, by their ids. */
    public synchronized int rank(String controller) {
        return (int)
                hosts.stream().filter(host -> host.compareTo(controller) < 0).count();
    }
}
