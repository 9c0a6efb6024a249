package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.spi.store.StoreProvider;
import io.cnm4j.tck.ServerProcess;
import io.cnm4j.tck.SharedStoreContract;
import io.cnm4j.tck.ZooKeeperServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperStoreTest extends SharedStoreContract {
    private static ZooKeeperServer zookeeper;

    @BeforeAll
    static void start(@TempDir Path directory) {
        zookeeper = new ZooKeeperServer(directory);
    }

    @AfterAll
    static void stop() {
        zookeeper.close();
    }

    @Override
    protected StoreProvider provider() {
        return new ZooKeeperStoreProvider();
    }

    @Override
    protected ServerProcess server() {
        return zookeeper.process();
    }

    @Override
    protected List<String> servers() {
        return List.of(zookeeper.address());
    }

    @Override
    protected Duration leastTimeToLive() {
        return Duration.ofSeconds(2);
    }

    @Override
    protected boolean hasHistory() {
        return false;
    }
}
