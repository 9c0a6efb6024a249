package io.cnm4j.core.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What this host writes into the store of the cluster. Thread-safe. */
public final class ClusterStore {
    private static final byte[] NOTHING = new byte[0];

    private final KeyValueStore store;
    private final Membership membership;

    /** Writes as this member. */
    public ClusterStore(KeyValueStore store, Membership membership) {
        this.store = store;
        this.membership = membership;
    }

    /** A record and its revision. */
    public record Revised<R>(R record, long revision) {}

    /**
     * All networks there are.
     *
     * @param networks the networks
     * @param at what a new one relies on
     */
    public record Networks(List<Revised<NetworkRecord>> networks, long at) {}

    /** Returns all networks there are, or newer. */
    public Networks networks(Deadline deadline) {
        KeyValueStore within = store.within(deadline);
        long at = within.get(Keys.NETWORKS).map(Entry::revision).orElse(Write.ABSENT); // before the list
        List<Revised<NetworkRecord>> networks = within.list(Keys.NETWORK).stream()
                .map(entry -> new Revised<>(RecordCodec.decode(entry, NetworkRecord.class), entry.revision()))
                .toList();
        return new Networks(networks, at);
    }

    /**
     * Adds a network.
     *
     * @throws StaleWriteException if another host added or removed one since {@code at}
     */
    public long add(NetworkRecord network, long at, Deadline deadline) {
        return membership.commit(
                List.of(
                        new Write.Put(Keys.network(network.id()), RecordCodec.encode(network), Write.ABSENT),
                        new Write.Put(Keys.NETWORKS, NOTHING, at)),
                deadline);
    }

    /**
     * Removes a network on which no host has an endpoint.
     *
     * @throws InUseException if one has; the network stays
     */
    public void remove(NetworkRecord network, Deadline deadline) {
        NetworkId id = network.id();
        String leaving = Keys.leaving(id);
        long mine = begin(network, leaving, deadline);
        boolean gone = false;
        try {
            List<Entry> left = store.within(deadline).list(Keys.endpoints(id));
            if (!left.isEmpty()) {
                throw new InUseException("network '" + network.name() + "' still has " + left.size()
                        + " endpoint(s) in the cluster: "
                        + left.stream()
                                .limit(20)
                                .map(entry -> RecordCodec.decode(entry, ClusterEndpoint.class))
                                .map(endpoint -> endpoint.name() + " on host " + endpoint.underlay())
                                .collect(Collectors.joining(", "))
                        + "; disconnect them first");
            }
            membership.commit(
                    List.of(
                            new Write.Delete(Keys.network(id), Write.ANY),
                            new Write.Put(Keys.NETWORKS, NOTHING, Write.ANY),
                            new Write.Delete(leaving, mine)),
                    deadline);
            gone = true;
        } finally {
            if (!gone) {
                membership.commit(List.of(new Write.Delete(leaving, Write.ANY)), deadline);
            }
        }
    }

    private long begin(NetworkRecord network, String leaving, Deadline deadline) {
        try {
            return membership.commit(List.of(new Write.Put(leaving, NOTHING, Write.ABSENT)), deadline);
        } catch (StaleWriteException other) { // or a host that died over it: who deletes it again goes on
            return store.within(deadline)
                    .get(leaving)
                    .map(Entry::revision)
                    .orElseThrow(() -> new ConflictException(
                            "network '" + network.name() + "' is being deleted by another host; look again"));
        }
    }

    /**
     * Takes an endpoint's name and addresses, and tells all hosts of it.
     *
     * @param revision of the network
     * @throws StaleWriteException if another host has one of them, or the network is going; its key says which
     */
    public long claim(ClusterEndpoint endpoint, long revision, Deadline deadline) {
        byte[] owner = (endpoint.host() + " " + endpoint.id()).getBytes(UTF_8);
        var writes = new ArrayList<Write>();
        writes.add(new Write.Put(Keys.endpoint(endpoint), RecordCodec.encode(endpoint), Write.ABSENT));
        writes.add(new Write.Put(Keys.name(endpoint.network(), endpoint.name()), owner, Write.ABSENT));
        endpoint.addresses()
                .forEach(address -> writes.add(
                        new Write.Put(Keys.address(endpoint.network(), address.address()), owner, Write.ABSENT)));
        writes.add(new Write.Check(Keys.network(endpoint.network()), revision));
        writes.add(new Write.Check(Keys.leaving(endpoint.network()), Write.ABSENT));
        return membership.commit(writes, deadline);
    }

    /** Tells whether no endpoint of a network has the name. */
    public boolean isFree(NetworkId network, String name, Deadline deadline) {
        return store.within(deadline).get(Keys.name(network, name)).isEmpty();
    }

    /** Tells whether no endpoint of a network has the address. */
    public boolean isFree(NetworkId network, IpAddress address, Deadline deadline) {
        return store.within(deadline).get(Keys.address(network, address)).isEmpty();
    }

    /**
     * Writes anew what is told of an endpoint of this host.
     *
     * @throws StaleWriteException if it was written since {@code revision}, or another host took this one for gone and freed it
     */
    public long rewrite(ClusterEndpoint endpoint, long revision, Deadline deadline) {
        return membership.commit(
                List.of(new Write.Put(Keys.endpoint(endpoint), RecordCodec.encode(endpoint), revision)), deadline);
    }

    /** Gives back all that an endpoint of this host has; nothing if it is gone already. */
    public void unclaim(ClusterEndpoint endpoint, long revision, Deadline deadline) {
        long there = revision;
        while (true) {
            try {
                membership.commit(deletion(endpoint, there), deadline);
                return;
            } catch (StaleWriteException other) {
                // it was rewritten meanwhile; or another host took this one for gone and freed it
                Optional<Long> own = store.within(deadline)
                        .get(Keys.endpoint(endpoint))
                        .filter(entry -> RecordCodec.decode(entry, ClusterEndpoint.class)
                                .host()
                                .equals(endpoint.host()))
                        .map(Entry::revision);
                if (own.isEmpty()) {
                    return;
                }
                there = own.orElseThrow();
            }
        }
    }

    /** Frees what an endpoint has whose host is gone, unless that is back or another host was faster. */
    public void free(ClusterEndpoint endpoint, long revision, Deadline deadline) {
        var writes = new ArrayList<>(deletion(endpoint, revision));
        writes.add(new Write.Check(Keys.host(endpoint.host()), Write.ABSENT));
        try {
            membership.commit(writes, deadline);
        } catch (StaleWriteException nothingToDo) {
            return;
        }
    }

    /** While the endpoint's entry has this revision, its name and addresses are its own. */
    private static List<Write> deletion(ClusterEndpoint endpoint, long revision) {
        var writes = new ArrayList<Write>();
        writes.add(new Write.Delete(Keys.endpoint(endpoint), revision));
        writes.add(new Write.Delete(Keys.name(endpoint.network(), endpoint.name()), Write.ANY));
        endpoint.addresses()
                .forEach(address ->
                        writes.add(new Write.Delete(Keys.address(endpoint.network(), address.address()), Write.ANY)));
        return writes;
    }

    /** Tells whether a claim failed for this key because an address is taken. */
    public static boolean isAddress(StaleWriteException stale) {
        return stale.key().startsWith(Keys.ADDRESS);
    }

    /** Tells whether a claim failed because the name is taken. */
    public static boolean isName(StaleWriteException stale) {
        return stale.key().startsWith("name/");
    }

    /** Returns all endpoints there are. */
    public List<Revised<ClusterEndpoint>> endpoints(Deadline deadline) {
        return store.within(deadline).list(Keys.ENDPOINT).stream()
                .map(entry -> new Revised<>(RecordCodec.decode(entry, ClusterEndpoint.class), entry.revision()))
                .toList();
    }
}
