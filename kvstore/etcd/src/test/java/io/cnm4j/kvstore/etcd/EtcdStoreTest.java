package io.cnm4j.kvstore.etcd;

import io.cnm4j.spi.store.StoreProvider;
import io.cnm4j.tck.EtcdServer;
import io.cnm4j.tck.ServerProcess;
import io.cnm4j.tck.SharedStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class EtcdStoreTest extends SharedStoreContract {
    private static EtcdServer etcd;

    @BeforeAll
    static void start(@TempDir Path directory) {
        etcd = new EtcdServer(directory, 1);
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    @Override
    protected StoreProvider provider() {
        return new EtcdStoreProvider();
    }

    @Override
    protected ServerProcess server() {
        return etcd.members().get(0);
    }

    @Override
    protected List<String> servers() {
        return etcd.addresses();
    }

    @Override
    protected Duration leastTimeToLive() {
        return Duration.ofSeconds(2);
    }
}
