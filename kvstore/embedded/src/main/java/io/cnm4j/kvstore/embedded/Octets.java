package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values as the file holds them.
 *
 * <pre>
 * key:    0 u8 1 (0 is the file's own)   1 UTF-8
 * value:  0 u64 revision, big-endian     8 octets
 * </pre>
 */
final class Octets {
    private static final byte USER = 1;

    private Octets() {}

    static byte[] key(String key) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        byte[] octets = new byte[text.length + 1];
        octets[0] = USER;
        System.arraycopy(text, 0, octets, 1, text.length);
        return octets;
    }

    /** Tells whether no entry can have this key. */
    static boolean isTooLong(String key) {
        return key.length() > KeyValueStore.MAX_KEY || key(key).length - 1 > KeyValueStore.MAX_KEY;
    }

    static String text(byte[] key) {
        return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
    }

    static byte[] value(long revision, byte[] value) {
        return ByteBuffer.allocate(value.length + 8)
                .putLong(revision)
                .put(value)
                .array();
    }

    static Entry entry(String key, byte[] value) {
        return new Entry(key, Arrays.copyOfRange(value, 8, value.length), revision(value));
    }

    /** Returns the revision in the value, {@link Write#ABSENT} for none. */
    static long revision(byte @Nullable [] value) {
        return value == null ? Write.ABSENT : ByteBuffer.wrap(value).getLong();
    }

    /**
     * Returns the keys of the writes.
     *
     * @throws InvalidRequestException if there are none, a key comes twice, or a key or value is too long
     */
    static List<byte[]> check(List<Write> writes) {
        if (writes.isEmpty()) {
            throw new InvalidRequestException("a commit needs at least one write");
        }
        var keys = new ArrayList<byte[]>(writes.size());
        var seen = new HashSet<String>();
        for (Write write : writes) {
            byte[] key = key(write.key());
            if (key.length - 1 > KeyValueStore.MAX_KEY || !text(key).equals(write.key())) {
                throw new InvalidRequestException("key '" + write.key() + "' must be proper text of at most "
                        + KeyValueStore.MAX_KEY + " octets of UTF-8, it has " + (key.length - 1));
            }
            if (!seen.add(write.key())) {
                throw new InvalidRequestException("key '" + write.key() + "' comes twice in one commit; write it once");
            }
            if (write instanceof Write.Put put && put.value().length > KeyValueStore.MAX_VALUE) {
                throw new InvalidRequestException("the value of '" + write.key() + "' has " + put.value().length
                        + " octets, at most " + KeyValueStore.MAX_VALUE + " are stored; split it");
            }
            keys.add(key);
        }
        return keys;
    }
}
