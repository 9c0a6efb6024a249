package io.cnm4j.core.cluster;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.ledger.RecordCodec;
import io.cnm4j.core.secret.KeyRing;
import io.cnm4j.core.secret.Sealer;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys of encrypted networks in the store of the cluster, and who uses which. Thread-safe. */
public final class KeyStore {
    private final KeyValueStore store;
    private final Membership membership;

    /** Writes as this member. */
    public KeyStore(KeyValueStore store, Membership membership) {
        this.store = store;
        this.membership = membership;
    }

    /**
     * Returns the ring, if there is one.
     *
     * @throws StoreException if it cannot be read; the message does not say what it holds
     */
    public Optional<Revised<KeyRing>> ring(Deadline deadline) {
        return store.within(deadline).get(Keys.RING).map(KeyStore::ring);
    }

    private static Revised<KeyRing> ring(Entry entry) {
        try {
            return new Revised<>(RecordCodec.decode(entry, KeyRing.class), entry.revision());
        } catch (StoreException unreadable) {
            throw new StoreException("the keys of encrypted networks, record '" + entry.key()
                    + "' of the cluster's store, cannot be read: another program or a newer version wrote them; delete"
                    + " the record while no such network is in use"); // no cause: it has what was read
        }
    }

    /**
     * Changes the ring.
     *
     * @param revision of the one that it was made from, {@link Write#ABSENT} for the first
     * @throws StaleWriteException if another host was faster
     */
    public void change(KeyRing ring, long revision, Deadline deadline) {
        membership.commit(List.of(new Write.Put(Keys.RING, RecordCodec.encode(ring), revision)), deadline);
    }

    /** Returns all hosts that have ends of encrypted tunnels. */
    public List<Sealer> sealers(Deadline deadline) {
        return store.within(deadline).list(Keys.SEALER).stream()
                .map(entry -> RecordCodec.decode(entry, Sealer.class))
                .toList();
    }

    /** Returns the least number that no host has. */
    public int freeNumber(Deadline deadline) {
        Set<String> taken = store.within(deadline).list(Keys.NUMBER).stream()
                .map(Entry::key)
                .collect(Collectors.toSet());
        int number = 1;
        while (taken.contains(Keys.number(number))) {
            number++;
        }
        return number;
    }

    /**
     * Says what this host uses.
     *
     * @param known whether it has the number already; if not, it takes it now
     * @param revision of the ring that it has it from
     * @throws StaleWriteException if the ring is another by now, or another host has the number
     */
    public void say(Sealer self, boolean known, long revision, Deadline deadline) {
        var writes = new ArrayList<Write>();
        writes.add(new Write.Put(Keys.sealer(self.host()), RecordCodec.encode(self), Write.ANY));
        writes.add(new Write.Check(Keys.RING, revision));
        if (!known) {
            writes.add(new Write.Put(
                    Keys.number(self.number()), self.host().getBytes(StandardCharsets.UTF_8), Write.ABSENT));
        }
        membership.commit(writes, deadline);
    }

    /** Forgets a host that is gone, unless it is back. */
    public void forget(String host, Deadline deadline) {
        Optional<Entry> there = store.within(deadline).get(Keys.sealer(host));
        if (there.isEmpty()) {
            return;
        }
        int number = RecordCodec.decode(there.orElseThrow(), Sealer.class).number();
        try {
            membership.commit(
                    List.of(
                            new Write.Delete(
                                    Keys.sealer(host), there.orElseThrow().revision()),
                            new Write.Delete(Keys.number(number), Write.ANY),
                            new Write.Check(Keys.host(host), Write.ABSENT)),
                    deadline);
        } catch (StaleWriteException back) {
            return;
        }
    }
}
