package io.cnm4j.kvstore.consul;

import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.kvstore.http.Servers;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;

/** Connects to Consul 1.8 and newer. Stateless. */
public final class ConsulStoreProvider implements StoreProvider {

    /** Made by {@link java.util.ServiceLoader}. */
    public ConsulStoreProvider() {}

    @Override
    public String name() {
        return "consul";
    }

    @Override
    public KeyValueStore connect(StoreAddress address) {
        return new ConsulStore(new ConsulCalls(address, new Servers(address)));
    }
}
