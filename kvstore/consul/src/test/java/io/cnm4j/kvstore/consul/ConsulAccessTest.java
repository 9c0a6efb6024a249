package io.cnm4j.kvstore.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import io.cnm4j.tck.Certificates;
import io.cnm4j.tck.ConsulServer;
import io.cnm4j.tck.ServerProcess;
import io.cnm4j.tck.StoreUse;
import io.cnm4j.tck.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that let in only whom they know: CFG-15. */
class ConsulAccessTest {
    private static final String MASTER = "5b8a8b6e-5d0d-4a9c-8f1c-3c9a0d0f5f01";

    @TempDir
    Path directory;

    @BeforeEach
    void needsConsul() {
        assumeTrue(ConsulServer.isInstalled(), "no Consul; .ci/setup takes it from Debian 11, if that can be reached");
    }

    private static StoreAddress.Builder at(String server) {
        return StoreAddress.builder()
                .store("consul")
                .servers(List.of(server))
                .prefix("mine/")
                .timeout(Duration.ofSeconds(15));
    }

    private static KeyValueStore connect(StoreAddress.Builder address) {
        return new ConsulStoreProvider().connect(address.build());
    }

    @Test
    void clientAndServerProveWhoTheyAre() {
        var ours = new Certificates(directory, "ours");
        var others = new Certificates(directory, "others");
        var server = ours.sign("server");
        var client = ours.sign("client");
        var stranger = others.sign("stranger");
        int port = ServerProcess.freePort();
        try (var consul = new ConsulServer(
                directory,
                "-hcl",
                "ports { https = " + port + " } verify_incoming_https = true ca_file = \"" + ours.authority()
                        + "\" cert_file = \"" + server.certificate() + "\" key_file = \"" + server.key() + "\"")) {
            String there = "127.0.0.1:" + port;
            try (KeyValueStore store = connect(at(there)
                    .authorities(ours.authority())
                    .certificate(client.certificate())
                    .key(client.key()))) {
                StoreUse.all(store);
            }
            refused(at(there)
                    .authorities(others.authority())
                    .certificate(client.certificate())
                    .key(client.key()));
            refused(at(there)
                    .authorities(ours.authority())
                    .certificate(stranger.certificate())
                    .key(stranger.key()));
            refused(at(consul.address()).authorities(ours.authority())); // a port without TLS
        }
    }

    private static void refused(StoreAddress.Builder address) {
        try (KeyValueStore store = connect(address)) {
            for (Runnable call : List.<Runnable>of(() -> store.get("a"), () -> StoreUse.put(store, "a"))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContainingAll("consul", "TLS", "see that the authorities signed");
            }
        }
    }

    @Test
    void aTokenSaysWhoMay() {
        try (var consul = new ConsulServer(
                directory,
                "-hcl",
                "acl { enabled = true default_policy = \"deny\" tokens { master = \"" + MASTER + "\" } }")) {
            Waiting.until(() -> isKnown(MASTER, consul)); // a leader makes it after it was elected
            try (KeyValueStore store = connect(at(consul.address()).password(MASTER))) {
                StoreUse.all(store);
            }
            denied(at(consul.address()).password(MASTER.replace('5', '6')), "refuses the token");
            denied(at(consul.address()), "refuses who has no token");
        }
    }

    private static boolean isKnown(String token, ConsulServer consul) {
        try {
            return !consul.call("GET", "/v1/acl/token/self?token=" + token, "").isEmpty();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void denied(StoreAddress.Builder address, String why) {
        try (KeyValueStore store = connect(address)) {
            assertThatThrownBy(() -> StoreUse.put(store, "a"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll(why, "give a token");
            assertThatThrownBy(() -> store.session(Duration.ofSeconds(10), () -> {}))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(why);
        }
    }

    @Test
    void whatConsulCannotCarryOutAtOnceIsRefused() {
        try (var consul = new ConsulServer(directory);
                KeyValueStore store = connect(at(consul.address()))) {
            var many = new ArrayList<Write>();
            for (int i = 0; i < 64; i++) {
                many.add(new Write.Put("k" + i, new byte[1], Write.ABSENT));
            }
            refused(store, many, "64 at once");
            byte[] large = new byte[KeyValueStore.MAX_VALUE];
            refused(
                    store,
                    List.of(new Write.Put("a", large, Write.ANY), new Write.Put("b", large, Write.ANY)),
                    "too large for Consul");
            refused(store, List.of(new Write.Put("a//b", large, Write.ANY)), "empty or dotted part");
            assertThat(store.list("")).isEmpty();
        }
    }

    private static void refused(KeyValueStore store, List<Write> writes, String why) {
        assertThatThrownBy(() -> store.commit(writes))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(why);
    }
}
