package io.cnm4j.core.sim;

import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store that leaves everything to another. */
class StoreBetween implements KeyValueStore {
    final KeyValueStore real;

    StoreBetween(KeyValueStore real) {
        this.real = real;
    }

    @Override
    public Optional<Entry> get(String key) {
        return real.get(key);
    }

    @Override
    public List<Entry> list(String prefix) {
        return real.list(prefix);
    }

    @Override
    public long commit(List<Write> writes) {
        return real.commit(writes);
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> follower) {
        return real.follow(prefix, follower);
    }

    @Override
    public Session session(Duration timeToLive, Runnable over) {
        return real.session(timeToLive, over);
    }

    @Override
    public void close() {
        real.close();
    }
}
