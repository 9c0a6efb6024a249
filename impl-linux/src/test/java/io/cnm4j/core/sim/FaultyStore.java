package io.cnm4j.core.sim;

import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.util.List;
import java.util.Optional;

/** A store whose commits can go wrong, before or after they are carried out. */
final class FaultyStore extends StoreBetween {
    private final Faults faults;

    FaultyStore(KeyValueStore real, Faults faults) {
        super(real);
        this.faults = faults;
    }

    @Override
    public Optional<Entry> get(String key) {
        faults.ask("get " + key);
        return real.get(key);
    }

    @Override
    public List<Entry> list(String prefix) {
        faults.ask("list " + prefix);
        return real.list(prefix);
    }

    @Override
    public long commit(List<Write> writes) {
        String text = "commit of " + writes.stream().map(Write::key).toList();
        faults.store("before " + text);
        long revision = real.commit(writes);
        faults.store("after " + text);
        return revision;
    }
}
