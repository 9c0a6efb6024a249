package io.cnm4j.examples.overlay;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.kvstore.embedded.EmbeddedStoreProvider;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StoreProvider;
import io.cnm4j.spi.store.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The embedded store as one that all controllers of this JVM share: for demonstrations and tests without a server. A store of one's own,
 * found like any other. Thread-safe.
 */
final class JvmStore implements AutoCloseable {
    static final String NAME = "jvm";

    private static final Map<String, KeyValueStore> OPEN = new ConcurrentHashMap<>(); // the "network" to the store
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String address = "jvm:" + NUMBER.incrementAndGet();

    private JvmStore(KeyValueStore store) {
        OPEN.put(address, store);
    }

    static JvmStore open(Path directory) {
        return new JvmStore(new EmbeddedStoreProvider().open(directory.resolve("store"), Durability.PROCESS_END));
    }

    String address() {
        return address;
    }

    @Override
    public void close() {
        Optional.ofNullable(OPEN.remove(address)).ifPresent(KeyValueStore::close);
    }

    /** Found by {@link java.util.ServiceLoader}. */
    public static final class Provider implements StoreProvider {
        /** Made by {@link java.util.ServiceLoader}. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public KeyValueStore connect(StoreAddress address) {
            return Optional.ofNullable(OPEN.get(address.servers().get(0)))
                    .map(Connection::new)
                    .orElseThrow(() -> new ConfigurationException("no store of this JVM is at " + address.servers()));
        }
    }

    /** A connection: what it follows and its sessions end with it, the store does not. */
    private record Connection(KeyValueStore store, Queue<AutoCloseable> own) implements KeyValueStore {
        Connection(KeyValueStore store) {
            this(store, new ConcurrentLinkedQueue<>());
        }

        @Override
        public Optional<Entry> get(String key) {
            return store.get(key);
        }

        @Override
        public List<Entry> list(String prefix) {
            return store.list(prefix);
        }

        @Override
        public long commit(List<Write> writes) {
            return store.commit(writes);
        }

        @Override
        public Subscription follow(String prefix, Consumer<List<Change>> follower) {
            Subscription following = store.follow(prefix, follower);
            own.add(following);
            return following;
        }

        @Override
        public Session session(Duration timeToLive, Runnable over) {
            Session session = store.session(timeToLive, over);
            own.add(session);
            return session;
        }

        @Override
        public void close() {
            for (AutoCloseable next = own.poll(); next != null; next = own.poll()) {
                if (next instanceof Session session) {
                    session.close();
                } else if (next instanceof Subscription following) {
                    following.close();
                }
            }
        }
    }
}
