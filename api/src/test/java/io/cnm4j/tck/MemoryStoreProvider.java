package io.cnm4j.tck;

import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens stores in memory, one for each directory name; a directory opened again has what it had. Thread-safe. */
public final class MemoryStoreProvider implements StoreProvider {
    private final Map<Path, MemoryStore> stores = new ConcurrentHashMap<>();

    /** Makes one that has no store yet. */
    public MemoryStoreProvider() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public KeyValueStore open(Path directory, Durability durability) {
        return stores.merge(directory, new MemoryStore(), (before, unused) -> before.reopen());
    }
}
