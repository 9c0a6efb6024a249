package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every {@link KeyValueStore} does. Extend it and give the factory. */
public abstract class KeyValueStoreContract extends FollowedStoreContract {
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
        refused(key, List.of(write), expected, found);
    }

    private void refused(String key, List<Write> writes, long expected, long found) {
        assertThatThrownBy(() -> store.commit(writes))
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
    @DisplayName(
            "S12 MUST: a commit whose check fails carries out nothing, one whose checks hold leaves what it checks as it is")
    void checks() {
        long guard = put("guard", "x", Write.ABSENT);
        store.commit(List.of(
                new Write.Put("a", octets("one"), Write.ABSENT),
                new Write.Check("guard", guard),
                new Write.Check("none", Write.ABSENT)));
        assertThat(store.get("guard").orElseThrow().revision()).isEqualTo(guard);
        long later = put("guard", "y", guard);

        refused("guard", List.of(new Write.Delete("a", Write.ANY), new Write.Check("guard", guard)), guard, later);
        refused(
                "guard",
                List.of(new Write.Delete("a", Write.ANY), new Write.Check("guard", Write.ABSENT)),
                Write.ABSENT,
                later);
        refused("none", List.of(new Write.Delete("a", Write.ANY), new Write.Check("none", guard)), guard, Write.ABSENT);
        assertThat(text("a")).isEqualTo("one");
        assertThat(store.get("none")).isEmpty();
        invalid("changes", new Write.Check("guard", later));
    }

    @Test
    @DisplayName("S12 MUST: of threads that make, check and remove one key, one at a time succeeds")
    void makeAndRemove() {
        var inside = new AtomicInteger();
        var turns = new AtomicInteger();
        Together.run(THREADS, thread -> {
            while (turns.get() < ROUNDS) {
                try {
                    long mine = put("lock", "by " + thread, Write.ABSENT);
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    turns.incrementAndGet();
                    inside.decrementAndGet();
                    store.commit(List.of(new Write.Delete("lock", mine)));
                } catch (StaleWriteException taken) {
                    Thread.onSpinWait();
                }
            }
        });
        assertThat(store.get("lock")).isEmpty();
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
    @DisplayName("S6 MUST: keys of 400 octets and values of 256 KiB are kept, longer ones refused with their length")
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
}
