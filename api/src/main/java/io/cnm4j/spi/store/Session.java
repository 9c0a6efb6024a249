package io.cnm4j.spi.store;

/**
 * A sign of life towards a store. While it lasts the store hears from it by itself; when the store has heard nothing for the
 * session's time to live, or the session is closed, all that it holds ({@link Write.Hold}) is removed. Thread-safe.
 */
public interface Session extends AutoCloseable {

    /**
     * Tells whether it has ended as far as this side knows. The store can know before: only a commit that checks an entry which the
     * session holds proves that it lasts.
     */
    boolean isOver();

    /** Ends it, waiting no longer than the store's limit; what it held is gone soon after, if the store cannot be reached after its time to live. */
    @Override
    void close();
}
