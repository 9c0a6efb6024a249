package io.cnm4j.tck;

import io.cnm4j.spi.store.KeyValueStore;
import java.util.Optional;

class MemoryStoreTest extends KeyValueStoreContract {
    private final MemoryStore memory = new MemoryStore();

    @Override
    protected KeyValueStore newStore() {
        return memory;
    }

    @Override
    protected Optional<KeyValueStore> reopen() {
        return Optional.of(memory.reopen());
    }
}
