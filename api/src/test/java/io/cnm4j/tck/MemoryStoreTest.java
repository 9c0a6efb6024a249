package io.cnm4j.tck;

import io.cnm4j.spi.store.KeyValueStore;
import java.util.Optional;

class MemoryStoreTest extends KeyValueStoreContract {
    private final MemoryStore store = new MemoryStore();

    @Override
    protected KeyValueStore newStore() {
        return store;
    }

    @Override
    protected Optional<KeyValueStore> reopen() {
        return Optional.of(store.reopen());
    }
}
