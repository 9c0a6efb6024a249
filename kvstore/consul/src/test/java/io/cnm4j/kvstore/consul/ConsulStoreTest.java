package io.cnm4j.kvstore.consul;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.spi.store.StoreProvider;
import io.cnm4j.tck.ConsulServer;
import io.cnm4j.tck.ServerProcess;
import io.cnm4j.tck.SharedStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class ConsulStoreTest extends SharedStoreContract {
    private static ConsulServer consul;

    @BeforeAll
    static void start(@TempDir Path directory) {
        assumeTrue(ConsulServer.isInstalled(), "no Consul; .ci/setup takes it from Debian 11, if that can be reached");
        consul = new ConsulServer(directory);
    }

    @AfterAll
    static void stop() {
        if (consul != null) {
            consul.close();
        }
    }

    @Override
    protected StoreProvider provider() {
        return new ConsulStoreProvider();
    }

    @Override
    protected ServerProcess server() {
        return consul.process();
    }

    @Override
    protected List<String> servers() {
        return List.of(consul.address());
    }

    @Override
    protected Duration leastTimeToLive() {
        return Duration.ofSeconds(10);
    }

    @Override
    protected boolean hasHistory() {
        return false;
    }
}
