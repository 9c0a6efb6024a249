package io.cnm4j.kvstore.etcd;

import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.kvstore.http.Servers;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;

/** Connects to etcd 3.4 and newer. Stateless. */
public final class EtcdStoreProvider implements StoreProvider {

    /** Made by {@link java.util.ServiceLoader}. */
    public EtcdStoreProvider() {}

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public KeyValueStore connect(StoreAddress address) {
        return new EtcdStore(new EtcdCalls(address, new Servers(address)));
    }
}
