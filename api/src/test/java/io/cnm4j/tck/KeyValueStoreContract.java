package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every {@link KeyValueStore} does. Extend it and give the factory. */
public abstract class KeyValueStoreContract {
    private static final int THREADS = 8;
    private static final int ROUNDS = 50;

    private KeyValueStore store;

    /** Returns an open, empty store. */
    protected abstract KeyValueStore newStore();

    /** Opens the store that was closed last again; empty if this kind keeps nothing over a close. */
    protected Optional<KeyValueStore> reopen() {
        return Optional.empty();
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
    @DisplayName("S1 MUST: a stale write is refused and changes nothing")
    void staleWrite() {
        long first = put("a", "one", Write.ABSENT);
        long second = put("a", "two", first);

        refused("a", new Write.Put("a", octets("three"), first), first, second);
        refused("a", new Write.Put("a", octets("three"), Write.ABSENT), Write.ABSENT, second);
        refused("a", new Write.Delete("a", first), first, second);
        refused("b", new Write.Put("b", octets("new"), second), second, Write.ABSENT);
        assertThat(text("a")).isEqualTo("two");
        assertThat(store.get("a").orElseThrow().revision()).isEqualTo(second);
        assertThat(store.list("")).hasSize(1);
    }

    private void refused(String key, Write write, long expected, long found) {
        assertThatThrownBy(() -> store.commit(List.of(write)))
                .isInstanceOf(StaleWriteException.class)
                .hasMessageContainingAll("'" + key + "'", String.valueOf(expected), String.valueOf(found))
                .satisfies(e -> assertThat(((StaleWriteException) e).key()).isEqualTo(key));
    }

    @Test
    @DisplayName("S1 MUST: a commit with one stale write carries out none of its writes")
    void staleWriteAmongOthers() {
        put("a", "one", Write.ABSENT);

        assertThatThrownBy(() -> store.commit(List.of(
                        new Write.Put("new", octets("x"), Write.ABSENT),
                        new Write.Delete("a", Write.ANY),
                        new Write.Put("b", octets("x"), 12345))))
                .isInstanceOf(StaleWriteException.class);
        assertThat(store.list("")).extracting(Entry::key).containsExactly("a");
    }

    @Test
    @DisplayName("S2 MUST: list is by prefix, in the order of the keys' octets in UTF-8")
    void listInKeyOrder() {
        List<String> keys = List.of("n/", "n/A", "n/a", "n/a/b", "n/b", "n/\u00e9", "n/\uffee", "n/\ud83d\ude00");
        var shuffled = new ArrayList<>(keys);
        Collections.reverse(shuffled);
        shuffled.addAll(List.of("m/z", "n", "o/a", "\u00e9"));
        shuffled.forEach(key -> put(key, key, Write.ABSENT));

        assertThat(store.list("n/")).extracting(Entry::key).containsExactlyElementsOf(keys);
        assertThat(store.list("n/"))
                .allSatisfy(e -> assertThat(new String(e.value(), UTF_8)).isEqualTo(e.key()));
        assertThat(store.list("none")).isEmpty();
        assertThat(store.list("")).hasSize(shuffled.size());
    }

    @Test
    @DisplayName("S3 MUST: a watch delivers every change once, in the order of the commits, one call at a time")
    void watchDeliversAll() {
        var seen = new ArrayList<Change>(); // not thread-safe on purpose: calls must exclude each other
        put("w/before", "x", Write.ABSENT);
        try (var watch = store.watch("w/", seen::add)) {
            Together.run(THREADS, thread -> {
                for (int i = 0; i < ROUNDS; i++) {
                    put("w/" + thread, "v" + i, Write.ANY);
                    put("other/" + thread, "v" + i, Write.ANY);
                }
            });
            assertThat(watch).isNotNull();
        }
        put("w/after", "x", Write.ABSENT);

        Waiting.until(() -> seen.size() >= THREADS * ROUNDS);
        assertThat(seen)
                .hasSize(THREADS * ROUNDS)
                .allMatch(change -> change.key().startsWith("w/"));
        assertThat(seen).extracting(Change::revision).isSorted().doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("S3 MUST: a watch tells puts with their value, deletes without, and nothing of a refused commit")
    void watchTellsWhat() {
        var seen = Collections.synchronizedList(new ArrayList<Change>());
        try (var watch = store.watch("k", seen::add)) {
            long first = put("k", "one", Write.ABSENT);
            assertThatThrownBy(() -> put("k", "two", Write.ABSENT)).isInstanceOf(StaleWriteException.class);
            long second = store.commit(List.of(new Write.Delete("k", first)));
            Waiting.until(() -> seen.size() >= 2);

            assertThat(seen).extracting(Change::key).containsExactly("k", "k");
            assertThat(seen).extracting(Change::revision).containsExactly(first, second);
            assertThat(seen.get(0).value().map(value -> new String(value, UTF_8)))
                    .contains("one");
            assertThat(seen.get(1).value()).isEmpty();
            assertThat(watch).isNotNull();
        }
    }

    @Test
    @DisplayName("S3 MUST: a listener may commit; its change follows")
    void listenerCommits() {
        var seen = Collections.synchronizedList(new ArrayList<String>());
        try (var watch = store.watch("", change -> {
            seen.add(change.key());
            if (change.key().equals("a")) {
                put("b", "x", Write.ABSENT);
            }
        })) {
            put("a", "x", Write.ABSENT);
            Waiting.until(() -> seen.size() >= 2);
            assertThat(watch).isNotNull();
        }
        assertThat(seen).containsExactly("a", "b");
    }

    @Test
    @DisplayName("S4 MUST (stores that keep): reopened means unchanged, and revisions go on growing")
    void reopenedMeansUnchanged() {
        put("a", "one", Write.ABSENT);
        put("b", "two", Write.ABSENT);
        long last = store.commit(List.of(new Write.Delete("a", Write.ANY)));
        List<Entry> before = store.list("");
        store.close();

        Optional<KeyValueStore> again = reopen();
        assumeTrue(again.isPresent(), "this store keeps nothing over a close");
        store = again.orElseThrow();
        assertThat(store.list("")).usingRecursiveComparison().isEqualTo(before);
        assertThat(put("c", "three", Write.ABSENT)).isGreaterThan(last);
    }

    @Test
    @DisplayName("S5 MUST: threads that add 1 to a number lose nothing")
    void nothingIsLost() {
        put("number", "0", Write.ABSENT);
        Together.run(THREADS, thread -> {
            for (int i = 0; i < ROUNDS; i++) {
                addOne();
            }
        });
        assertThat(text("number")).isEqualTo(String.valueOf(THREADS * ROUNDS));
    }

    private void addOne() {
        while (true) {
            Entry entry = store.get("number").orElseThrow();
            int next = Integer.parseInt(new String(entry.value(), UTF_8)) + 1;
            try {
                put("number", String.valueOf(next), entry.revision());
                return;
            } catch (StaleWriteException e) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    @DisplayName("S6 MUST: keys of 400 octets and values of 1 MiB are kept, longer ones refused with their length")
    void bounds() {
        String longest = "\u00e9".repeat(KeyValueStore.MAX_KEY / 2);
        byte[] largest = new byte[KeyValueStore.MAX_VALUE];
        largest[largest.length - 1] = 7;
        store.commit(List.of(
                new Write.Put(longest, largest, Write.ABSENT), new Write.Put("empty", new byte[0], Write.ABSENT)));

        assertThat(store.get(longest).orElseThrow().value()).isEqualTo(largest);
        assertThat(store.get("empty").orElseThrow().value()).isEmpty();
        invalid(String.valueOf(KeyValueStore.MAX_KEY + 1), new Write.Put(longest + "x", octets("x"), Write.ANY));
        invalid(
                String.valueOf(KeyValueStore.MAX_VALUE + 1),
                new Write.Put("k", new byte[largest.length + 1], Write.ANY));
        assertThat(store.get(longest + "x")).isEmpty();
        assertThat(store.list(longest + "x")).isEmpty();
    }

    @Test
    @DisplayName("S6 MUST: a commit without a write, or with two of one key, is refused")
    void oneWriteForEachKey() {
        assertThatThrownBy(() -> store.commit(List.of())).isInstanceOf(InvalidRequestException.class);
        invalid("'k'", new Write.Put("k", octets("x"), Write.ANY), new Write.Delete("k", Write.ANY));
        assertThat(store.list("")).isEmpty();
    }

    private void invalid(String word, Write... writes) {
        assertThatThrownBy(() -> store.commit(List.of(writes)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(word);
    }

    @Test
    @DisplayName("S7 MUST: all entries of a commit get its revision, and revisions grow")
    void oneRevisionForEachCommit() {
        long first = put("a", "x", Write.ABSENT);
        long second = store.commit(
                List.of(new Write.Put("b", octets("x"), Write.ABSENT), new Write.Put("c", octets("x"), Write.ABSENT)));

        assertThat(first).isPositive();
        assertThat(second).isGreaterThan(first);
        assertThat(store.list("")).extracting(Entry::revision).containsExactly(first, second, second);
    }

    @Test
    @DisplayName("S7 MUST: an entry that was deleted and made again never has a revision it had before")
    void revisionsAreNotUsedTwice() {
        long first = put("a", "x", Write.ABSENT);
        long gone = store.commit(List.of(new Write.Delete("a", first)));
        long again = put("a", "x", Write.ABSENT);

        assertThat(gone).isGreaterThan(first);
        assertThat(again).isGreaterThan(gone);
        assertThatThrownBy(() -> put("a", "y", first)).isInstanceOf(StaleWriteException.class);
    }

    @Test
    @DisplayName("S8 MUST: what was put is kept, whatever becomes of the array afterwards")
    void valuesAreCopied() {
        byte[] value = octets("one");
        store.commit(List.of(new Write.Put("a", value, Write.ABSENT)));
        value[0] = 'X';
        assertThat(text("a")).isEqualTo("one");
    }

    @Test
    @DisplayName("S8 MUST: ANY writes over what is there and deletes what may be absent")
    void anyIsFine() {
        put("a", "one", Write.ANY);
        put("a", "two", Write.ANY);
        store.commit(List.of(new Write.Delete("absent", Write.ANY)));
        store.commit(List.of(new Write.Delete("absent", Write.ABSENT)));
        assertThat(text("a")).isEqualTo("two");
        assertThat(store.get("absent")).isEmpty();
    }

    @Test
    @DisplayName("S9 MUST: an interrupted thread commits like any other and stays interrupted")
    void interruptsDoNotHurt() {
        Thread.currentThread().interrupt();
        try {
            put("a", "one", Write.ABSENT);
            assertThat(store.get("a")).isPresent();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        put("b", "two", Write.ABSENT);
        assertThat(store.list("")).hasSize(2);
    }

    @Test
    @DisplayName("S10 MUST: closing twice is fine, and a closed store says that it is closed")
    void closed() {
        store.close();
        store.close();
        assertThatThrownBy(() -> store.get("a")).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> store.list("")).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> put("a", "x", Write.ANY)).isInstanceOf(ClosedException.class);
    }

    private long put(String key, String value, long expected) {
        return store.commit(List.of(new Write.Put(key, octets(value), expected)));
    }

    private String text(String key) {
        return new String(store.get(key).orElseThrow().value(), UTF_8);
    }

    private static byte[] octets(String text) {
        return text.getBytes(UTF_8);
    }
}
