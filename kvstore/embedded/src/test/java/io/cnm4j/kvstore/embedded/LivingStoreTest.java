package io.cnm4j.kvstore.embedded;

import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.tck.KeyValueStoreContract;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class LivingStoreTest extends KeyValueStoreContract {
    @TempDir
    Path directory;

    @Override
    protected KeyValueStore newStore() {
        return new EmbeddedStoreProvider().open(directory, Durability.PROCESS_END);
    }

    @Override
    protected Optional<KeyValueStore> reopen() {
        return Optional.of(newStore());
    }
}
