package io.cnm4j.kvstore.embedded;

import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;
import java.nio.file.Path;

/** Opens stores that live in a directory of this host. Thread-safe. */
public final class EmbeddedStoreProvider implements StoreProvider {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Path bootId;

    /** Made by {@link java.util.ServiceLoader}. */
    public EmbeddedStoreProvider() {
        this(BOOT_ID);
    }

    /** @param bootId a file whose content changes with every start of the machine */
    EmbeddedStoreProvider(Path bootId) {
        this.bootId = bootId;
    }

    @Override
    public String name() {
        return "embedded";
    }

    @Override
    public KeyValueStore open(Path directory, Durability durability) {
        StoreDirectory held = StoreDirectory.hold(directory);
        try {
            held.prepare(durability, bootId);
            return new EmbeddedStore(held, RecordFile.open(held.records(), durability));
        } catch (RuntimeException | Error failure) {
            held.close();
            throw failure;
        }
    }
}
