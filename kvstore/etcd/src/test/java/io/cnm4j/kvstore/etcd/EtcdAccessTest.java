package io.cnm4j.kvstore.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.tck.Certificates;
import io.cnm4j.tck.EtcdServer;
import io.cnm4j.tck.Follower;
import io.cnm4j.tck.StoreUse;
import io.cnm4j.tck.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that let in only whom they know: CFG-15. */
class EtcdAccessTest {
    @TempDir
    Path directory;

    private static StoreAddress.Builder at(EtcdServer etcd) {
        return StoreAddress.builder()
                .store("etcd")
                .servers(etcd.addresses())
                .prefix("mine/")
                .timeout(Duration.ofSeconds(15));
    }

    private static KeyValueStore connect(StoreAddress.Builder address) {
        return new EtcdStoreProvider().connect(address.build());
    }

    @Test
    void clientAndServerProveWhoTheyAre() {
        var ours = new Certificates(directory, "ours");
        var others = new Certificates(directory, "others");
        var server = ours.sign("server");
        var client = ours.sign("client");
        var stranger = others.sign("stranger");
        try (var etcd = new EtcdServer(
                directory,
                1,
                "--client-cert-auth",
                "--trusted-ca-file=" + ours.authority(),
                "--cert-file=" + server.certificate(),
                "--key-file=" + server.key())) {
            try (KeyValueStore store = connect(at(etcd).authorities(ours.authority())
                    .certificate(client.certificate())
                    .key(client.key()))) {
                StoreUse.all(store);
            }
            refused(at(etcd).authorities(others.authority())
                    .certificate(client.certificate())
                    .key(client.key()));
            refused(at(etcd).authorities(ours.authority())
                    .certificate(stranger.certificate())
                    .key(stranger.key()));
            refused(at(etcd).authorities(ours.authority()));
        }
    }

    private static void refused(StoreAddress.Builder address) {
        try (KeyValueStore store = connect(address)) {
            for (Runnable call : List.<Runnable>of(() -> store.get("a"), () -> StoreUse.put(store, "a"))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContainingAll("etcd", "TLS", "see that the authorities signed");
            }
        }
    }

    @Test
    void usersHaveAPasswordAndFollowersOutliveTheirTokens() throws IOException {
        try (var etcd = new EtcdServer(directory, 1)) {
            allow(etcd);
            try (KeyValueStore store = connect(at(etcd).user("cnm4j").password("secret"))) {
                StoreUse.all(store);
                var told = new Follower("");
                try (var following = store.follow("", told)) {
                    etcd.members().get(0).kill(); // tokens are kept in the server's memory
                    etcd.members().get(0).launch();
                    StoreUse.put(store, "after");
                    Waiting.until(() -> told.values().containsKey("after"), Duration.ofSeconds(20));
                    assertThat(told.values()).containsKey("after");
                    assertThat(following).isNotNull();
                }
            }
            denied(at(etcd).user("cnm4j").password("wrong"), "refuses user cnm4j");
            denied(at(etcd), "refuses user (none)");
            denied(at(etcd).user("cnm4j").password("secret").prefix("others/"), "permission denied");
        }
    }

    private static void denied(StoreAddress.Builder address, String why) {
        try (KeyValueStore store = connect(address)) {
            for (Runnable call : List.<Runnable>of(() -> store.get("a"), () -> StoreUse.put(store, "a"))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContainingAll(why, "see user, password and roles");
            }
        }
    }

    /** Lets only users in: {@code root}, and {@code cnm4j}, who may use one prefix. */
    private static void allow(EtcdServer etcd) throws IOException {
        etcd.post("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"root\"}");
        etcd.post("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
        etcd.post("/v3/auth/role/add", "{\"name\":\"networks\"}");
        etcd.post(
                "/v3/auth/role/grant",
                "{\"name\":\"networks\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\"" + base64("mine/")
                        + "\",\"range_end\":\"" + base64("mine0") + "\"}}");
        etcd.post("/v3/auth/user/add", "{\"name\":\"cnm4j\",\"password\":\"secret\"}");
        etcd.post("/v3/auth/user/grant", "{\"user\":\"cnm4j\",\"role\":\"networks\"}");
        etcd.post("/v3/auth/enable", "{}");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
