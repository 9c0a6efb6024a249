package io.cnm4j.kvstore.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.tck.Certificates;
import io.cnm4j.tck.StoreUse;
import io.cnm4j.tck.ZooKeeperServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers and nodes that let in only whom they know: CFG-15. */
class ZooKeeperAccessTest {
    @TempDir
    Path directory;

    private static StoreAddress.Builder at(String server) {
        return StoreAddress.builder()
                .store("zookeeper")
                .servers(List.of(server))
                .timeout(Duration.ofSeconds(20));
    }

    private static KeyValueStore connect(StoreAddress.Builder address) {
        return new ZooKeeperStoreProvider().connect(address.build());
    }

    @Test
    void clientAndServerProveWhoTheyAre() {
        var ours = new Certificates(directory, "ours");
        var others = new Certificates(directory, "others");
        var client = ours.sign("client");
        var stranger = others.sign("stranger");
        try (var zookeeper = new ZooKeeperServer(directory, ours)) {
            String there = zookeeper.secureAddress();
            try (KeyValueStore store = connect(at(there)
                    .authorities(ours.authority())
                    .certificate(client.both())
                    .key(client.both()))) {
                StoreUse.all(store);
            }
            refused(at(there)
                    .authorities(others.authority())
                    .certificate(client.both())
                    .key(client.both()));
            refused(at(there)
                    .authorities(ours.authority())
                    .certificate(stranger.both())
                    .key(stranger.both()));
            refused(at(there).authorities(ours.authority()));
            assertThatThrownBy(() -> connect(at(there)
                            .authorities(ours.authority())
                            .certificate(client.certificate())
                            .key(client.key())))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("in one PEM file");
        }
    }

    private static void refused(StoreAddress.Builder address) {
        try (KeyValueStore store = connect(address)) {
            for (Runnable call : List.<Runnable>of(() -> store.get("a"), () -> StoreUse.put(store, "a"))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContainingAll("zookeeper", "TLS", "see that the authorities signed");
            }
        }
    }

    @Test
    void whatAUserMadeIsThatUsersAlone() {
        try (var zookeeper = new ZooKeeperServer(directory)) {
            String there = zookeeper.address();
            try (KeyValueStore store = connect(at(there).user("cnm4j").password("secret"))) {
                StoreUse.all(store);
            }
            try (KeyValueStore store = connect(at(there).user("cnm4j").password("secret"))) {
                assertThat(store.get("a")).isPresent();
            }
            denied(at(there).user("cnm4j").password("wrong"));
            denied(at(there));
        }
    }

    private static void denied(StoreAddress.Builder address) {
        try (KeyValueStore store = connect(address)) {
            for (Runnable call : List.<Runnable>of(
                    () -> store.get("a"),
                    () -> StoreUse.put(store, "a"),
                    () -> store.session(Duration.ofSeconds(5), () -> {}),
                    () -> store.follow("", changes -> {}))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining("see user and password");
            }
        }
    }
}
