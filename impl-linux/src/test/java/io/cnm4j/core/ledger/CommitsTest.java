package io.cnm4j.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.Write;
import io.cnm4j.tck.MemoryStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommitsTest {
    /** Refuses so many commits, before or after they are carried out, and so many questions. */
    private static final class FailingStore extends MemoryStore {
        int lostBefore;
        int lostAfter;
        int deaf;

        @Override
        public long commit(List<Write> writes) {
            if (lostBefore-- > 0) {
                throw new StoreException("lost before");
            }
            long revision = super.commit(writes);
            if (lostAfter-- > 0) {
                throw new StoreException("lost after");
            }
            return revision;
        }

        @Override
        public Optional<Entry> get(String key) {
            if (deaf-- > 0) {
                throw new StoreException("deaf");
            }
            return super.get(key);
        }
    }

    private final FailingStore store = new FailingStore();
    private final Commits commits = new Commits(store);
    private final Map<String, Long> known = new HashMap<>();

    private void put(String key, String value) {
        known.put(key, commits.of(List.of(new Write.Put(key, value.getBytes(UTF_8), Write.ANY))));
    }

    private void putRight() {
        commits.putRight(key -> Optional.of(key.getBytes(UTF_8)), known::put);
    }

    private Map<String, Long> stored() {
        var revisions = new HashMap<String, Long>();
        store.list("").forEach(entry -> revisions.put(entry.key(), entry.revision()));
        return revisions;
    }

    @Test
    void aCommitWhoseAnswerIsLostCounts() {
        store.lostAfter = 1;
        put("a", "a");
        assertThat(known).isEqualTo(stored());
    }

    @Test
    void aCommitThatIsLostHasFailed() {
        put("a", "a");
        store.lostBefore = 1;
        assertThatThrownBy(() -> put("a", "other")).isInstanceOf(StoreException.class);
        assertThat(known).isEqualTo(stored());
    }

    @Test
    void whatIsPutRightHasTheRevisionThatTheStoreHas() {
        put("a", "a");
        put("b", "b");
        store.lostBefore = 1;
        store.deaf = 1;
        assertThatThrownBy(
                        () -> commits.of(List.of(new Write.Delete("a", Write.ANY), new Write.Delete("b", Write.ANY))))
                .isInstanceOf(StoreException.class);
        store.lostBefore = 1; // the store holds what it should, of two commits: that is not this one carried out
        try {
            putRight();
        } catch (StoreException again) {
            assertThat(known).isEqualTo(stored());
            putRight();
        }
        assertThat(known).isEqualTo(stored());
    }
}
