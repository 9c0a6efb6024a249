package io.cnm4j.linux;

import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.core.sim.UnevenStore;
import io.cnm4j.kvstore.etcd.EtcdStoreProvider;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real etcd. While it is upset hosts hear of it late, in another order and not of everything, and commits fail now and then. */
public final class UnevenEtcd implements StoreProvider {
    private static final List<UnevenStore> CONNECTED = new CopyOnWriteArrayList<>();
    private static volatile boolean upset;

    @Override
    public String name() {
        return "uneven";
    }

    @Override
    public KeyValueStore connect(StoreAddress address) {
        var store = new UnevenStore(new EtcdStoreProvider().connect(address), CONNECTED.size());
        CONNECTED.add(store);
        if (!upset) {
            store.settle();
        }
        return store;
    }

    /** From now on it is uneven. */
    static void upset() {
        upset = true;
        CONNECTED.forEach(UnevenStore::upset);
    }

    /** From now on nothing fails, and all that waits is told. */
    static void settle() {
        upset = false;
        CONNECTED.forEach(UnevenStore::settle);
    }
}
