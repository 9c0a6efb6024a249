package io.cnm4j.kvstore.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import io.cnm4j.tck.EtcdServer;
import io.cnm4j.tck.Follower;
import io.cnm4j.tck.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three servers, of which the one that leads is killed. */
class EtcdLeaderTest {
    private static final int COUNT = 60;

    @Test
    void nothingThatWasCommittedIsLostWithTheLeader(@TempDir Path directory) throws Exception {
        try (var etcd = new EtcdServer(directory, 3);
                KeyValueStore store = new EtcdStoreProvider()
                        .connect(StoreAddress.builder()
                                .store("etcd")
                                .servers(etcd.addresses())
                                .build())) {
            var over = new AtomicInteger();
            Session session = store.session(Duration.ofSeconds(10), over::incrementAndGet);
            store.commit(List.of(new Write.Hold("held", new byte[1], Write.ABSENT, session)));
            var told = new Follower("");
            try (var following = store.follow("", told)) {
                for (int i = 0; i < COUNT; i++) {
                    if (i == COUNT / 2) {
                        etcd.leader().kill();
                    }
                    commitForSure(store, "k" + i, "v" + i);
                }
                Waiting.until(() -> told.values().containsKey("k" + (COUNT - 1)), Duration.ofSeconds(30));
                assertThat(store.list("k")).extracting(Entry::key).hasSize(COUNT);
                Waiting.until(() -> told.values().size() == COUNT + 1, Duration.ofSeconds(30));
                assertThat(told.holds(store.list(""))).isTrue();
                assertThat(store.get("held")).isPresent();
                assertThat(over).hasValue(0);
                assertThat(following).isNotNull();
            }
        }
    }

    /** A commit whose outcome is unknown is decided by reading. */
    private static void commitForSure(KeyValueStore store, String key, String value) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(30));
        while (true) {
            try {
                store.within(deadline).commit(List.of(new Write.Put(key, value.getBytes(UTF_8), Write.ABSENT)));
                return;
            } catch (StaleWriteException mine) {
                assertThat(store.get(key).map(entry -> new String(entry.value(), UTF_8)))
                        .contains(value);
                return;
            } catch (StoreException unknown) {
                deadline.check("a commit of " + key + " after " + describe(unknown));
            }
        }
    }

    private static String describe(CnmException failure) {
        return String.valueOf(failure.getMessage());
    }
}
