package io.cnm4j.core.sim;

import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
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
    public Subscription watch(String prefix, Consumer<Change> listener) {
        return real.watch(prefix, listener);
    }

    @Override
    public void close() {
        real.close();
    }
}
