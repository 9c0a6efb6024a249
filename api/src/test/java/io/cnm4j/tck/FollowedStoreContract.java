package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The part of {@link KeyValueStoreContract} that is about followers and sessions. */
abstract class FollowedStoreContract {
    static final int THREADS = 8;
    static final int ROUNDS = 50;

    KeyValueStore store;

    /** Returns an open, empty store. */
    protected abstract KeyValueStore newStore();

    /** Opens the store that was closed last again; empty if this kind keeps nothing over a close. */
    protected Optional<KeyValueStore> reopen() {
        return Optional.empty();
    }

    /** Tells whether every change reaches a follower; else one that was overwritten soon may not. */
    protected boolean hasHistory() {
        return true;
    }

    @BeforeEach
    void open() {
        store = newStore();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    @DisplayName(
            "S3 MUST: a follower is told all there is, then changes without a gap, one call at a time, in order for each key")
    void followerMissesNothing() {
        var told = new Follower("w/");
        var begun = new CountDownLatch(THREADS);
        try (var following = new Late()) {
            Together.run(THREADS + 1, thread -> {
                if (thread == THREADS) {
                    begun.await(); // in the middle of the writes
                    following.subscription = store.follow("w/", told);
                    return;
                }
                for (int i = 0; i < ROUNDS; i++) {
                    put("w/" + thread, "v" + i, Write.ANY);
                    put("other/" + thread, "v" + i, Write.ANY);
                    begun.countDown();
                }
            });
            store.commit(List.of(new Write.Delete("w/0", Write.ANY)));
            Waiting.until(() -> told.holds(store.list("w/")));
            assertThat(told.values()).isEqualTo(values("w/"));
        }
        put("w/after", "x", Write.ABSENT);
        assertThat(told.values()).doesNotContainKey("w/after");
    }

    @Test
    @DisplayName("S3 MUST (stores with a history): no change is left out, and those of one commit come together")
    void everyChangeIsTold() {
        assumeTrue(hasHistory(), "this store has no history: a value that was overwritten soon may be left out");
        var calls = Collections.synchronizedList(new ArrayList<List<Change>>());
        try (var following = store.follow("w/", calls::add)) {
            var revisions = new ArrayList<Long>();
            for (int i = 0; i < ROUNDS; i++) {
                revisions.add(store.commit(List.of(
                        new Write.Put("w/a", octets("v" + i), Write.ANY),
                        new Write.Put("w/b", octets("v" + i), Write.ANY),
                        new Write.Put("x", octets("v"), Write.ANY))));
            }
            Waiting.until(() -> told(calls).size() >= 2 * ROUNDS);
            assertThat(told(calls)).hasSize(2 * ROUNDS);
            assertThat(told(calls)).extracting(Change::revision).isSorted();
            assertThat(told(calls).stream().map(Change::revision).distinct()).containsExactlyElementsOf(revisions);
            assertThat(following).isNotNull();
        }
    }

    private static List<Change> told(List<List<Change>> calls) {
        return List.copyOf(calls).stream().flatMap(List::stream).toList();
    }

    @Test
    @DisplayName("S3 MUST: a follower is told puts with their value, deletes without, and nothing of a refused commit")
    void followerIsToldWhat() {
        var calls = Collections.synchronizedList(new ArrayList<List<Change>>());
        try (var following = store.follow("k", calls::add)) {
            assertThat(calls).containsExactly(List.of());
            long first = put("k", "one", Write.ABSENT);
            Waiting.until(() -> !told(calls).isEmpty());
            assertThatThrownBy(() -> put("k", "two", Write.ABSENT)).isInstanceOf(StaleWriteException.class);
            long second = store.commit(List.of(new Write.Delete("k", first)));
            Waiting.until(() -> told(calls).size() >= 2);

            List<Change> seen = told(calls);
            assertThat(seen).extracting(Change::key).containsExactly("k", "k");
            assertThat(seen.get(0).revision()).isEqualTo(first);
            assertThat(seen.get(0).value().map(value -> new String(value, UTF_8)))
                    .contains("one");
            assertThat(seen.get(1).value()).isEmpty();
            assertThat(seen.get(1).revision()).isGreaterThanOrEqualTo(second);
            assertThat(following).isNotNull();
        }
    }

    @Test
    @DisplayName("S3 MUST: another follower of the same prefix is told the same")
    void everyFollowerIsTold() {
        put("w/a", "one", Write.ABSENT);
        var early = new Follower("w/");
        var late = new Follower("w/");
        try (var one = store.follow("w/", early)) {
            put("w/b", "two", Write.ABSENT);
            try (var two = store.follow("w/", late)) {
                put("w/c", "three", Write.ABSENT);
                Waiting.until(() -> early.values().size() == 3 && late.values().size() == 3);
                assertThat(early.values()).isEqualTo(values("w/"));
                assertThat(late.values()).isEqualTo(values("w/"));
                assertThat(List.of(one, two)).doesNotContainNull();
            }
        }
    }

    @Test
    @DisplayName("S11 MUST: what a session holds goes when it is closed, what was written over it stays")
    void sessionHolds() {
        Session session = store.session(Duration.ofSeconds(30), () -> {});
        Session other = store.session(Duration.ofSeconds(30), () -> {});
        long mine = store.commit(List.of(
                new Write.Hold("h/mine", octets("x"), Write.ABSENT, session),
                new Write.Put("h/plain", octets("x"), Write.ABSENT)));
        store.commit(List.of(new Write.Hold("h/lost", octets("x"), Write.ABSENT, session)));
        store.commit(List.of(new Write.Hold("h/moved", octets("x"), Write.ABSENT, session)));
        put("h/lost", "y", Write.ANY);
        store.commit(List.of(new Write.Hold("h/moved", octets("y"), Write.ANY, other)));
        store.commit(List.of(new Write.Hold("h/mine", octets("y"), mine, session)));
        assertThat(text("h/mine")).isEqualTo("y");
        var told = new Follower("h/");
        try (var following = store.follow("h/", told)) {
            assertThat(session.isOver()).isFalse();
            session.close();
            session.close();
            assertThat(session.isOver()).isTrue();
            Waiting.until(() -> !told.values().containsKey("h/mine"));
            assertThat(told.values().keySet()).containsExactly("h/lost", "h/moved", "h/plain");
            assertThat(following).isNotNull();
        }
        assertThat(store.list("h/")).extracting(Entry::key).containsExactly("h/lost", "h/moved", "h/plain");
        other.close();
        Waiting.until(() -> store.get("h/moved").isEmpty());
        assertThat(store.list("h/")).extracting(Entry::key).containsExactly("h/lost", "h/plain");
    }

    @Test
    @DisplayName("S11 MUST: a session that is over holds nothing more")
    void sessionThatIsOver() {
        Session session = store.session(Duration.ofSeconds(30), () -> {});
        session.close();
        assertThatThrownBy(() -> store.commit(List.of(new Write.Hold("h", octets("x"), Write.ABSENT, session))))
                .isInstanceOf(CnmException.class);
        assertThat(store.get("h")).isEmpty();
    }

    @Test
    @DisplayName("S13 MUST: thousands of entries are listed and followed whole")
    void manyEntries() {
        int count = 3000;
        Together.run(THREADS, thread -> {
            for (int i = thread; i < count; i += THREADS * 20) {
                var writes = new ArrayList<Write>();
                for (int k = i; k < Math.min(count, i + THREADS * 20); k += THREADS) {
                    writes.add(new Write.Put("many/%05d".formatted(k), octets("v" + k), Write.ABSENT));
                }
                store.commit(writes);
            }
        });
        var told = new Follower("many/");
        try (var following = store.follow("many/", told)) {
            assertThat(store.list("many/")).hasSize(count);
            assertThat(told.values()).hasSize(count).isEqualTo(values("many/"));
            assertThat(following).isNotNull();
        }
    }

    private Map<String, String> values(String prefix) {
        var values = new TreeMap<String, String>();
        store.list(prefix).forEach(entry -> values.put(entry.key(), new String(entry.value(), UTF_8)));
        return values;
    }

    /** A subscription that comes later. */
    private static final class Late implements AutoCloseable {
        private volatile KeyValueStore.@Nullable Subscription subscription;

        @Override
        public void close() {
            if (subscription != null) {
                subscription.close();
            }
        }
    }

    long put(String key, String value, long expected) {
        return store.commit(List.of(new Write.Put(key, octets(value), expected)));
    }

    String text(String key) {
        return new String(store.get(key).orElseThrow().value(), UTF_8);
    }

    static byte[] octets(String text) {
        return text.getBytes(UTF_8);
    }
}
