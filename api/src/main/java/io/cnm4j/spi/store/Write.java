package io.cnm4j.spi.store;

import io.cnm4j.api.error.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;

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
     * Refuses writes that no store carries out.
     *
     * @throws InvalidRequestException if none of them changes anything, a key comes twice, or a key or value is too long
     */
    static void check(List<Write> writes) {
        if (writes.stream().allMatch(Check.class::isInstance)) {
            throw new InvalidRequestException("a commit needs at least one write that changes something");
        }
        var keys = new HashSet<String>();
        for (Write write : writes) {
            byte[] key = write.key().getBytes(StandardCharsets.UTF_8);
            if (key.length > KeyValueStore.MAX_KEY || !new String(key, StandardCharsets.UTF_8).equals(write.key())) {
                throw new InvalidRequestException("key '" + write.key() + "' must be proper text of at most "
                        + KeyValueStore.MAX_KEY + " octets of UTF-8, it has " + key.length);
            }
            if (!keys.add(write.key())) {
                throw new InvalidRequestException("key '" + write.key() + "' comes twice in one commit; write it once");
            }
            int length = write instanceof Put put
                    ? put.value().length
                    : write instanceof Hold hold ? hold.value().length : 0;
            if (length > KeyValueStore.MAX_VALUE) {
                throw new InvalidRequestException("the value of '" + write.key() + "' has " + length
                        + " octets, at most " + KeyValueStore.MAX_VALUE + " are stored; split it");
            }
        }
    }

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
     * Stores a value that goes when a session ends.
     *
     * @param key the key
     * @param value its octets
     * @param expected the revision the entry must have now
     * @param session one of the same store
     */
    @SuppressWarnings("ArrayRecordComponent") // octets for the store, compared by nobody
    record Hold(String key, byte[] value, long expected, Session session) implements Write {}

    /**
     * Removes an entry.
     *
     * @param key the key
     * @param expected the revision the entry must have now; {@link #ANY} also if it may be absent
     */
    record Delete(String key, long expected) implements Write {}

    /**
     * Changes nothing: the other writes are carried out only if the entry has this revision.
     *
     * @param key the key
     * @param expected the revision the entry must have now
     */
    record Check(String key, long expected) implements Write {}
}
