package io.cnm4j.core.ledger;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Commits to one store. After a failure the store is asked what became of it; if it does not answer that either, the commit
 * counts as failed, and what may have been written is put right before anything else is. Thread-safe.
 */
final class Commits {
    private final KeyValueStore store;
    private final Set<String> doubtful = new ConcurrentSkipListSet<>(); // keys that may hold what a failed commit wrote

    Commits(KeyValueStore store) {
        this.store = store;
    }

    /**
     * Commits the writes.
     *
     * @return the revision that all of them got
     * @throws StaleWriteException if somebody else wrote first; nothing was carried out
     * @throws StoreException if nothing was carried out, or will have been when {@link #putRight} has returned
     */
    long of(List<Write> writes) {
        try {
            return store.commit(writes);
        } catch (StaleWriteException lost) {
            throw lost;
        } catch (StoreException unknown) {
            return carriedOut(writes, unknown).orElseThrow(() -> unknown);
        }
    }

    private Optional<Long> carriedOut(List<Write> writes, StoreException unknown) {
        var revisions = new TreeSet<Long>();
        try {
            for (Write write : writes) {
                Optional<Entry> there = store.get(write.key());
                if (!isSo(write, there)) {
                    return Optional.empty();
                }
                there.map(Entry::revision).ifPresent(revisions::add);
            }
        } catch (StoreException also) {
            unknown.addSuppressed(also);
            writes.forEach(write -> doubtful.add(write.key()));
            return Optional.empty();
        }
        if (revisions.size() > 1) { // all was there before: what one commit writes has one revision
            return Optional.empty();
        }
        return Optional.of(revisions.isEmpty() ? 0 : revisions.first());
    }

    private static boolean isSo(Write write, Optional<Entry> there) {
        if (write instanceof Write.Put put) {
            return there.filter(entry -> Arrays.equals(entry.value(), put.value()))
                    .isPresent();
        }
        return there.isEmpty();
    }

    /** The store may hold something else than it should at this key: {@link #putRight} sees to it. */
    void doubt(String key) {
        doubtful.add(key);
    }

    /**
     * Makes the store hold what it should where that is in doubt. Costs nothing if nothing is.
     *
     * @param value what a key should hold, if anything
     * @param written told of each key that was written again, with its new revision
     * @throws StoreException if the store still does not answer
     */
    void putRight(Function<String, Optional<byte[]>> value, BiConsumer<String, Long> written) {
        if (!doubtful.isEmpty()) {
            putAllRight(value, written);
        }
    }

    private synchronized void putAllRight(Function<String, Optional<byte[]>> value, BiConsumer<String, Long> written) {
        Set<String> keys = new TreeSet<>(doubtful);
        if (keys.isEmpty()) {
            return;
        }
        var writes = new ArrayList<Write>();
        for (String key : keys) {
            writes.add(value.apply(key)
                    .<Write>map(octets -> new Write.Put(key, octets, Write.ANY))
                    .orElseGet(() -> new Write.Delete(key, Write.ANY)));
        }
        long revision = of(writes);
        keys.forEach(key -> written.accept(key, revision));
        doubtful.removeAll(keys);
    }
}
