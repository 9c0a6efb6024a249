package io.cnm4j.core.ledger;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.spi.driver.Siblings;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All records of a controller. Reads come from memory and never wait. A write is in the store before it is in memory; two writes
 * of one record exclude each other by the callers' turns, and the store's revisions prove it. Thread-safe.
 */
public final class Ledger implements AutoCloseable {
    private static final String CONTROLLER = "controller";
    private static final String NETWORK = "network/";
    private static final String SANDBOX = "sandbox/";
    private static final String ENDPOINT = "endpoint/";

    private final KeyValueStore lasting;
    private final KeyValueStore living;
    private final ControllerId controller;
    private final Commits lastingCommits;
    private final Commits livingCommits;
    private final EffectLog effects;
    private final RecordIndex index = new RecordIndex();

    /**
     * Reads all records.
     *
     * @param lasting where networks are kept: survives the loss of power
     * @param living where sandboxes and endpoints are kept: lives as long as the kernel
     * @param controller whose records they are, from {@link #identity}
     */
    public Ledger(KeyValueStore lasting, KeyValueStore living, ControllerId controller) {
        this.lasting = lasting;
        this.living = living;
        this.lastingCommits = new Commits(lasting);
        this.livingCommits = new Commits(living);
        this.controller = controller;
        this.effects = new EffectLog(lasting);
        for (Entry entry : lasting.list(NETWORK)) {
            NetworkRecord network = RecordCodec.decode(entry, NetworkRecord.class);
            index.put(network, network.state(controller), entry.revision());
        }
        for (Entry entry : living.list(SANDBOX)) {
            index.put(RecordCodec.decode(entry, SandboxRecord.class), entry.revision());
        }
        for (Entry entry : living.list(ENDPOINT)) {
            index.put(RecordCodec.decode(entry, EndpointRecord.class), entry.revision());
        }
    }

    /**
     * Returns the identity that goes with a store of networks.
     *
     * @param freshId the identity to take if the store is new
     */
    public static ControllerId identity(KeyValueStore store, Supplier<ControllerId> freshId) {
        Optional<Entry> known = store.get(CONTROLLER);
        if (known.isPresent()) {
            return new ControllerId(new String(known.orElseThrow().value(), StandardCharsets.US_ASCII));
        }
        ControllerId fresh = freshId.get();
        store.commit(
                List.of(new Write.Put(CONTROLLER, fresh.value().getBytes(StandardCharsets.US_ASCII), Write.ABSENT)));
        return fresh;
    }

    /** Returns the identity that goes with these records. */
    public ControllerId controller() {
        return controller;
    }

    /** Returns the effects outside. */
    public EffectLog effects() {
        return effects;
    }

    /** Returns all networks. */
    public Collection<NetworkRecord> networks() {
        return index.networks();
    }

    /** Returns the network with this id. */
    public Optional<NetworkRecord> network(NetworkId id) {
        return index.network(id);
    }

    /** Returns what the driver of a network sees of all others of its own. */
    public Siblings siblings(NetworkRecord network) {
        return index.networksOf(network.driver()).besides(network.id());
    }

    /** Returns all sandboxes. */
    public Collection<SandboxRecord> sandboxes() {
        return index.sandboxes();
    }

    /** Returns the sandbox with this id. */
    public Optional<SandboxRecord> sandbox(SandboxId id) {
        return index.sandbox(id);
    }

    /** Returns the sandboxes that share this one's namespace. */
    public Collection<SandboxRecord> sandboxesSharing(SandboxId id) {
        return index.sandboxesSharing(id);
    }

    /** Returns the endpoint with this id. */
    public Optional<EndpointRecord> endpoint(EndpointId id) {
        return index.endpoint(id);
    }

    /** Returns all endpoints. */
    public Collection<EndpointRecord> endpoints() {
        return index.endpoints();
    }

    /** Returns the endpoints of a network. */
    public Collection<EndpointRecord> endpointsOn(NetworkId network) {
        return index.endpointsOn(network);
    }

    /** Returns how many endpoints a network has; looks at none of them. */
    public int endpointCount(NetworkId network) {
        return index.endpointCount(network);
    }

    /** Returns how many endpoints of a network are at a place of their driver's. */
    public int endpointsAt(NetworkId network, String place) {
        return index.endpointsAt(network, place);
    }

    /** Returns the endpoints of a network that have links. */
    public Collection<EndpointRecord> linkingOn(NetworkId network) {
        return index.linkingOn(network);
    }

    /** Returns the endpoints that are in a sandbox. */
    public Collection<EndpointRecord> endpointsIn(SandboxId sandbox) {
        return index.endpointsIn(sandbox);
    }

    /** Writes a network, new or changed. */
    public void put(NetworkRecord network) {
        putRight();
        long revision = lastingCommits.of(List.of(new Write.Put(
                key(network),
                RecordCodec.encode(network),
                index.revision(network.id().value()))));
        index.put(network, network.state(controller), revision);
    }

    /**
     * Has a network as it was before a {@link #put}: at once in memory, and in the store when it answers again.
     *
     * @throws io.cnm4j.api.error.StoreException if it does not answer now; until it does, the next open may find what was put
     */
    public void takeBack(NetworkRecord before) {
        index.put(before, before.state(controller), index.revision(before.id().value()));
        lastingCommits.doubt(key(before));
        putRight();
    }

    /** Notes a network that another store keeps. */
    public void learn(NetworkRecord network, long revision) {
        index.put(network, network.state(controller), revision);
    }

    /** Forgets a network that another store keeps. */
    public void forget(NetworkRecord network) {
        index.remove(network);
    }

    /** Removes a network. */
    public void remove(NetworkRecord network) {
        putRight();
        lastingCommits.of(List.of(
                new Write.Delete(key(network), index.revision(network.id().value()))));
        index.remove(network);
    }

    /** Writes a sandbox, new or changed. */
    public void put(SandboxRecord sandbox) {
        draft(sandbox, List.of()).commit();
    }

    /** Returns a {@link #put} of a sandbox and endpoints, all or nothing, that has not happened yet. */
    public Draft draft(SandboxRecord sandbox, List<EndpointRecord> endpoints) {
        var records = new ArrayList<Object>(endpoints);
        records.add(sandbox);
        return new Draft(records, octets -> {
            putRight();
            List<Write> writes = puts(endpoints, octets);
            writes.add(new Write.Put(
                    key(sandbox),
                    octets.get(endpoints.size()),
                    index.revision(sandbox.id().value())));
            long revision = livingCommits.of(writes);
            index.put(sandbox, revision);
            endpoints.forEach(endpoint -> index.put(endpoint, revision));
        });
    }

    private List<Write> puts(List<EndpointRecord> endpoints, List<byte[]> octets) {
        var writes = new ArrayList<Write>();
        for (int i = 0; i < endpoints.size(); i++) {
            EndpointRecord endpoint = endpoints.get(i);
            long known = index.revision(endpoint.id().value());
            writes.add(new Write.Put(key(endpoint), octets.get(i), known));
        }
        return writes;
    }

    /** Removes a sandbox and endpoints, all or nothing. */
    public void remove(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        putRight();
        var writes = new ArrayList<Write>();
        writes.add(new Write.Delete(key(sandbox), index.revision(sandbox.id().value())));
        endpoints.forEach(endpoint -> writes.add(delete(endpoint)));
        livingCommits.of(writes);
        endpoints.forEach(index::remove);
        index.remove(sandbox);
    }

    /** Writes endpoints, new or changed, and removes others, all or nothing. */
    public void change(Collection<EndpointRecord> put, Collection<EndpointRecord> remove) {
        draft(put, remove).commit();
    }

    /** Returns a {@link #change} that has not happened yet. */
    public Draft draft(Collection<EndpointRecord> put, Collection<EndpointRecord> remove) {
        List<EndpointRecord> written = List.copyOf(put);
        return new Draft(written, octets -> {
            putRight();
            List<Write> writes = puts(written, octets);
            remove.forEach(endpoint -> writes.add(delete(endpoint)));
            long revision = livingCommits.of(writes);
            written.forEach(endpoint -> index.put(endpoint, revision));
            remove.forEach(index::remove);
        });
    }

    /** What a failed commit may have written all the same must not come back with the next open. */
    private void putRight() {
        lastingCommits.putRight(this::value, this::written);
        livingCommits.putRight(this::value, this::written);
        effects.putRight();
    }

    /** Returns what a key should hold: the record as it is in memory. */
    private Optional<byte[]> value(String key) {
        if (key.startsWith(NETWORK)) {
            return network(new NetworkId(id(key))).map(RecordCodec::encode);
        } else if (key.startsWith(SANDBOX)) {
            return sandbox(new SandboxId(id(key))).map(RecordCodec::encode);
        }
        return endpoint(new EndpointId(id(key))).map(RecordCodec::encode);
    }

    private void written(String key, long revision) {
        index.revised(id(key), revision);
    }

    private static String id(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    private Write delete(EndpointRecord endpoint) {
        return new Write.Delete(key(endpoint), index.revision(endpoint.id().value()));
    }

    private static String key(NetworkRecord network) {
        return NETWORK + network.id();
    }

    private static String key(SandboxRecord sandbox) {
        return SANDBOX + sandbox.id();
    }

    private static String key(EndpointRecord endpoint) {
        return ENDPOINT + endpoint.network() + "/" + endpoint.id();
    }

    /**
     * Closes both stores.
     *
     * @throws io.cnm4j.api.error.StoreException if a failed commit may have been carried out and the store still does not answer:
     *     the next open may find what it wrote; both are closed all the same
     */
    @Override
    public void close() {
        try (lasting;
                living) {
            putRight();
        }
    }
}
