package io.cnm4j.spi.store;

/** One part of a commit. */
public sealed interface Write {
    /** The entry must not exist. */
    long ABSENT = 0;

    /** Whatever is there is fine. */
    long ANY = -1;

    /** The key it concerns. */
    String key();

    /** The revision the entry must have, or {@link #ABSENT} or {@link #ANY}. */
    long expected();

    /**
     * Stores a value.
     *
     * @param key the key
     * @param value its octets
     * @param expected the revision the entry must have now
     */
    @SuppressWarnings("ArrayRecordComponent") // octets for the store, compared by nobody
    record Put(String key, byte[] value, long expected) implements Write {}

    /**
     * Removes an entry.
     *
     * @param key the key
     * @param expected the revision the entry must have now; {@link #ANY} also if it may be absent
     */
    record Delete(String key, long expected) implements Write {}
}
