package io.cnm4j.spi.store;

import java.nio.file.Path;

/** Opens stores of one kind; found by {@link java.util.ServiceLoader}. */
public interface StoreProvider {

    /** Returns the name by which a configuration asks for it. */
    String name();

    /**
     * Opens a store that lives in a directory of this host.
     *
     * @param directory made if absent, mode 0700
     * @param durability what a commit survives
     * @throws io.cnm4j.api.error.ConfigurationException if another process has it open, or its files are not of this store
     * @throws io.cnm4j.api.error.StoreException if the directory cannot be read or written
     */
    KeyValueStore open(Path directory, Durability durability);
}
