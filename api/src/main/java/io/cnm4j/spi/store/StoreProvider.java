package io.cnm4j.spi.store;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.StoreAddress;
import java.nio.file.Path;

/** Opens stores of one kind; found by {@link java.util.ServiceLoader}. A kind is local, or shared by hosts, or both. */
public interface StoreProvider {

    /** Returns the name by which a configuration asks for it. */
    String name();

    /**
     * Opens a store that lives in a directory of this host.
     *
     * @param directory made if absent, mode 0700
     * @param durability what a commit survives
     * @throws ConfigurationException if another process has it open, its files are not of this store, or this kind is not local
     * @throws io.cnm4j.api.error.StoreException if the directory cannot be read or written
     */
    default KeyValueStore open(Path directory, Durability durability) {
        throw new ConfigurationException("store '" + name() + "' lives on servers, not in the directory '" + directory
                + "'; use it as the store of a cluster");
    }

    /**
     * Connects to a store that hosts share. Waits for no server: the first call does.
     *
     * @throws ConfigurationException if the address is not one of this kind, a file it names cannot be used, or this kind is not shared
     */
    default KeyValueStore connect(StoreAddress address) {
        throw new ConfigurationException("store '" + name()
                + "' lives on one host and cannot be shared; use etcd, zookeeper or consul as the store of a cluster");
    }
}
