package io.cnm4j.linux;

import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.tck.EtcdServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that have a cluster of their own each, all on one real etcd. */
abstract class FreshCluster {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    static EtcdServer etcd;

    StoreAddress store;

    @TempDir
    Path directory;

    @BeforeAll
    static void start(@TempDir Path data) {
        etcd = new EtcdServer(data, 1);
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    @BeforeEach
    void freshCluster() {
        store = StoreAddress.builder()
                .store("etcd")
                .servers(etcd.addresses())
                .prefix("cluster" + NUMBER.incrementAndGet() + "/")
                .timeout(Duration.ofSeconds(5))
                .build();
    }
}
