package io.cnm4j.spi.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** An open store. See the package for the law. */
public interface KeyValueStore extends AutoCloseable {
    /** The longest key, in octets of UTF-8. */
    int MAX_KEY = 400;

    /** The largest value, in octets. */
    int MAX_VALUE = 1 << 20;

    /** Returns what is stored under the key. */
    Optional<Entry> get(String key);

    /** Returns all entries whose key starts with the prefix, in key order (octets of UTF-8, unsigned). */
    List<Entry> list(String prefix);

    /**
     * Carries out all writes, or none.
     *
     * @param writes at most one for each key; not empty
     * @return the revision that all of them got
     * @throws StaleWriteException if an entry has another revision than a write expects
     * @throws io.cnm4j.api.error.InvalidRequestException if a key or value is too long, or a key comes twice
     * @throws io.cnm4j.api.error.StoreException if the store cannot write now
     */
    long commit(List<Write> writes);

    /**
     * Reports every change under the prefix, in order, from the next commit on. The listener is called by the committing thread
     * or one of the store's, never by two at once; it must be quick.
     */
    Subscription watch(String prefix, Consumer<Change> listener);

    /** Closes the store. Idempotent. */
    @Override
    void close();

    /** Ends a watch when closed. Idempotent. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
