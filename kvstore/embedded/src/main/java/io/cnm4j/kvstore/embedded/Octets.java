package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Write;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values as the file holds them.
 *
 * <pre>
 * key:    0 u8 1 (0 is the file's own)   1 UTF-8
 * value:  0 u64 revision, big-endian     8 octets (the highest bit: a session holds it)
 * </pre>
 */
final class Octets {
    private static final byte USER = 1;
    private static final long HELD = 1L << 63;

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

    static byte[] value(long revision, byte[] value, boolean held) {
        return ByteBuffer.allocate(value.length + 8)
                .putLong(held ? revision | HELD : revision)
                .put(value)
                .array();
    }

    static Entry entry(String key, byte[] value) {
        return new Entry(key, Arrays.copyOfRange(value, 8, value.length), revision(value));
    }

    /** Tells whether a session held the entry. */
    static boolean isHeld(byte[] value) {
        return (value[0] & 0x80) != 0;
    }

    /** Returns the revision in the value, {@link Write#ABSENT} for none. */
    static long revision(byte @Nullable [] value) {
        return value == null ? Write.ABSENT : ByteBuffer.wrap(value).getLong() & ~HELD;
    }

    /**
     * Returns the keys of the writes.
     *
     * @throws InvalidRequestException if they are not such as a store carries out
     */
    static List<byte[]> check(List<Write> writes) {
        Write.check(writes);
        return writes.stream().map(write -> key(write.key())).toList();
    }
}
