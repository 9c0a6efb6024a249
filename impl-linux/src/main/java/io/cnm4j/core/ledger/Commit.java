package io.cnm4j.core.ledger;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A commit whose outcome is known when it returns: after a failure the store is asked what became of it. */
final class Commit {
    private Commit() {}

    /**
     * Commits the writes.
     *
     * @return the revision that all of them got
     * @throws StaleWriteException if somebody else wrote first; nothing was carried out
     * @throws StoreException if nothing was carried out
     */
    static long of(KeyValueStore store, List<Write> writes) {
        try {
            return store.commit(writes);
        } catch (StaleWriteException lost) {
            throw lost;
        } catch (StoreException unknown) {
            return carriedOut(store, writes, unknown).orElseThrow(() -> unknown);
        }
    }

    private static Optional<Long> carriedOut(KeyValueStore store, List<Write> writes, StoreException unknown) {
        long revision = 0;
        try {
            for (Write write : writes) {
                Optional<Entry> there = store.get(write.key());
                if (!isSo(write, there)) {
                    return Optional.empty();
                }
                revision = Math.max(revision, there.map(Entry::revision).orElse(0L));
            }
        } catch (StoreException also) { // then the next open finds out: a record without objects is ensured
            unknown.addSuppressed(also);
            return Optional.empty();
        }
        return Optional.of(revision);
    }

    private static boolean isSo(Write write, Optional<Entry> there) {
        if (write instanceof Write.Put put) {
            return there.filter(entry -> Arrays.equals(entry.value(), put.value()))
                    .isPresent();
        }
        return there.isEmpty();
    }
}
