package io.cnm4j.linux;

import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A store that tells a tap of its commits. Thread-safe if both are.
 *
 * @param store where all is kept
 * @param tap told of each commit as {@code store KEY...}
 */
public record TappedStore(KeyValueStore store, KernelTap tap) implements KeyValueStore {
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
        String call = "store " + writes.stream().map(Write::key).collect(Collectors.joining(" "));
        tap.before(call);
        long revision = store.commit(writes);
        tap.after(call);
        return revision;
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> follower) {
        return store.follow(prefix, follower);
    }

    @Override
    public Session session(Duration timeToLive, Runnable over) {
        return store.session(timeToLive, over);
    }

    @Override
    public KeyValueStore within(Deadline deadline) {
        return new TappedStore(store.within(deadline), tap);
    }

    @Override
    public void close() {
        store.close();
    }
}
