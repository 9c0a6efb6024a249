package io.cnm4j.linux.netlink;

import io.cnm4j.linux.libc.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import jnr.ffi.Pointer;

/**
 * Messages to the kernel, one after the other in one buffer. Not thread-safe; {@link #clear} makes it ready for the next use.
 *
 * <pre>
 * |        length (with header)       |   type    |   flags   |
 * |        sequence number            |        port id        |
 * </pre> struct nlmsghdr. Each message and each attribute begins at a multiple of four.
 */
public final class MessageBuilder {
    /** NLM_F_REQUEST. */
    public static final int REQUEST = 0x1;
    /** NLM_F_ACK. */
    public static final int ACK = 0x4;
    /** NLM_F_ECHO. */
    public static final int ECHO = 0x8;
    /** NLM_F_DUMP. */
    public static final int DUMP = 0x300;
    /** NLM_F_REPLACE. */
    public static final int REPLACE = 0x100;
    /** NLM_F_EXCL. */
    public static final int EXCL = 0x200;
    /** NLM_F_CREATE. */
    public static final int CREATE = 0x400;
    /** NLM_F_APPEND. */
    public static final int APPEND = 0x800;

    static final int HEADER = 16;
    private static final int FLAGS_OFFSET = 6;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int NESTED = 0x8000;

    private ByteBuffer buffer = allocate(4096);
    private long address = addressOf(buffer);
    private int message = -1;
    private int count;

    private static ByteBuffer allocate(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    private static long addressOf(ByteBuffer direct) {
        return Pointer.wrap(LibC.runtime(), direct).address();
    }

    /** Forgets all messages. */
    public MessageBuilder clear() {
        buffer.clear();
        message = -1;
        count = 0;
        return this;
    }

    /** Begins a message; {@link #REQUEST} is added to the flags. */
    public MessageBuilder begin(int type, int flags) {
        end();
        room(HEADER);
        message = buffer.position();
        buffer.putInt(0)
                .putShort((short) type)
                .putShort((short) (flags | REQUEST))
                .putInt(0)
                .putInt(0);
        count++;
        return this;
    }

    /** Appends an octet. */
    public MessageBuilder u8(int value) {
        room(1);
        buffer.put((byte) value);
        return this;
    }

    /** Appends 16 bits in host order. */
    public MessageBuilder u16(int value) {
        room(2);
        buffer.putShort((short) value);
        return this;
    }

    /** Appends 32 bits in host order. */
    public MessageBuilder u32(int value) {
        room(4);
        buffer.putInt(value);
        return this;
    }

    /** Appends a whole structure. */
    public MessageBuilder structure(ByteBuffer octets) {
        room(octets.capacity());
        buffer.put(octets.duplicate().clear());
        return pad();
    }

    /** Appends an attribute that is a whole structure. */
    public MessageBuilder attr(int type, ByteBuffer octets) {
        return header(type, octets.capacity()).structure(octets);
    }

    /** Appends an attribute of one octet. */
    public MessageBuilder attr8(int type, int value) {
        return header(type, 1).u8(value).pad();
    }

    /** Appends an attribute of 16 bits in host order. */
    public MessageBuilder attr16(int type, int value) {
        return header(type, 2).u16(value).pad();
    }

    /** Appends an attribute of 32 bits in host order. */
    public MessageBuilder attr32(int type, int value) {
        return header(type, 4).u32(value);
    }

    /** Appends an attribute of 32 bits in network order. */
    public MessageBuilder attr32be(int type, int value) {
        return attr32(type, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value));
    }

    /** Appends an attribute of octets. */
    public MessageBuilder attr(int type, byte[] octets) {
        header(type, octets.length);
        room(octets.length);
        buffer.put(octets);
        return pad();
    }

    /** Appends an attribute of text with a NUL behind it. */
    public MessageBuilder attr(int type, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        header(type, octets.length + 1);
        room(octets.length + 1);
        buffer.put(octets).put((byte) 0);
        return pad();
    }

    /** Begins an attribute that holds attributes; give what is returned to {@link #unnest}. */
    public int nest(int type) {
        int start = buffer.position();
        header(type | NESTED, 0);
        return start;
    }

    /** Ends the attribute begun by {@link #nest}. */
    public MessageBuilder unnest(int start) {
        buffer.putShort(start, (short) (buffer.position() - start));
        return this;
    }

    private MessageBuilder header(int type, int length) {
        room(4);
        buffer.putShort((short) (4 + length)).putShort((short) type);
        return this;
    }

    private MessageBuilder pad() {
        while ((buffer.position() & 3) != 0) {
            u8(0);
        }
        return this;
    }

    private void end() {
        if (message >= 0) {
            pad();
            buffer.putInt(message, buffer.position() - message);
        }
    }

    private void room(int octets) {
        if (buffer.remaining() < octets) {
            ByteBuffer larger = allocate(Math.max(buffer.capacity() * 2, buffer.position() + octets));
            address = addressOf(larger); // of its position, which is still the start
            larger.put(buffer.flip());
            buffer = larger;
        }
    }

    /** Returns a copy of what the last message holds, without its header. */
    public ByteBuffer last() {
        int start = message + HEADER;
        return ByteBuffer.allocate(buffer.position() - start)
                .order(ByteOrder.nativeOrder())
                .put(buffer.slice(start, buffer.position() - start))
                .flip();
    }

    /** Returns how many messages there are. */
    public int count() {
        return count;
    }

    /** Numbers the messages from {@code first} on; tells which of them ask for an answer. */
    BitSet number(int first) {
        end();
        var asking = new BitSet(count);
        for (int at = 0, i = 0; at < buffer.position(); at += buffer.getInt(at), i++) {
            buffer.putInt(at + SEQUENCE_OFFSET, first + i);
            asking.set(i, (buffer.getShort(at + FLAGS_OFFSET) & ACK) != 0);
        }
        return asking;
    }

    long address() {
        return address;
    }

    int length() {
        return buffer.position();
    }
}
