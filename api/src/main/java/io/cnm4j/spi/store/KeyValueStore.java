package io.cnm4j.spi.store;

import io.cnm4j.spi.host.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** An open store. See the package for the law. */
public interface KeyValueStore extends AutoCloseable {
    /** The longest key, in octets of UTF-8. */
    int MAX_KEY = 400;

    /** The largest value, in octets. */
    int MAX_VALUE = 1 << 18;

    /** How many writes a commit to a store that hosts share has at most; values together at most {@link #MAX_VALUE}. */
    int MAX_SHARED_WRITES = 24;

    /** Returns what is stored under the key. */
    Optional<Entry> get(String key);

    /**
     * Returns all entries whose key starts with the prefix, in key order (octets of UTF-8, unsigned), however many there are. In a
     * shared store an entry that changes meanwhile is listed as it was before or after.
     */
    List<Entry> list(String prefix);

    /**
     * Carries out all writes, or none.
     *
     * @param writes at most one for each key; not empty
     * @return the revision that all of them got
     * @throws StaleWriteException if an entry has another revision than a write expects
     * @throws io.cnm4j.api.error.InvalidRequestException if a key or value is too long, or a key comes twice
     * @throws io.cnm4j.api.error.StoreException if the store cannot write now; whether the writes were or will be carried out is unknown
     */
    long commit(List<Write> writes);

    /**
     * Tells a follower all entries under the prefix in one call, and then, from exactly there on, every change, until the
     * subscription is closed. When this returns, the first call is over.
     *
     * <p>Of each key the changes come in the order of their revisions; applied in order they end in what the store holds. A store
     * without a history (see its page) may leave out a value that was overwritten soon, and after it was out of reach, tells the
     * difference to what it told before.
     *
     * @param follower called by one of the store's threads or a committing one, never by two at once; it must be quick
     * @throws io.cnm4j.api.error.StoreException if the store cannot be read now; nothing is followed then
     */
    Subscription follow(String prefix, Consumer<List<Change>> follower);

    /**
     * Begins a session.
     *
     * @param timeToLive after which silence it ends, 1 second or more; a store may take its own least time instead
     * @param over told once, when it has ended and nobody closed it
     */
    Session session(Duration timeToLive, Runnable over);

    /**
     * Returns this store with another limit to how long a call waits: a call that is not over by then throws
     * {@link io.cnm4j.api.error.DeadlineException}, and whether its writes are carried out is unknown. Calls of local stores do not
     * wait.
     */
    default KeyValueStore within(Deadline deadline) {
        return this;
    }

    /** Closes the store, its subscriptions, and its sessions, which end with it or after their time to live. Idempotent. */
    @Override
    void close();

    /** Ends a subscription when closed. Idempotent. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
