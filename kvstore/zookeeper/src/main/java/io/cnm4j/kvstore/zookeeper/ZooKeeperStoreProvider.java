package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;

/** Connects to ZooKeeper 3.6 and newer. Stateless. */
public final class ZooKeeperStoreProvider implements StoreProvider {

    /** Made by {@link java.util.ServiceLoader}. */
    public ZooKeeperStoreProvider() {}

    @Override
    public String name() {
        return "zookeeper";
    }

    @Override
    public KeyValueStore connect(StoreAddress address) {
        return new ZooKeeperStore(new Ensemble(address));
    }
}
