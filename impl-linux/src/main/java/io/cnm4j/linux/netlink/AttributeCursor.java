package io.cnm4j.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Walks over attributes (struct nlattr). Unknown ones are skipped by the caller; the first fault ends the walk and is thrown by
 * {@link #finish}. Never reads past the end. Not thread-safe.
 */
public final class AttributeCursor {
    private static final int TYPE_MASK = 0x3fff;
    private static final int NESTED = 0x8000;

    private final ByteBuffer bytes;
    private int next;
    private int start;
    private int length;
    private int type;
    private boolean nest;
    private String fault = "";

    /** Walks over {@code bytes} from their position to their limit. */
    public AttributeCursor(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.nativeOrder());
    }

    /** Moves to the next attribute; false at the end or at a fault. */
    public boolean next() {
        if (next >= bytes.limit() || !fault.isEmpty()) {
            return false;
        }
        int left = bytes.limit() - next;
        int claimed = left < 4 ? 0 : bytes.getShort(next) & 0xffff;
        if (claimed < 4 || claimed > left) {
            fault = "attribute at offset " + next + " claims " + claimed + " octets, " + left + " remain";
            return false;
        }
        type = bytes.getShort(next + 2) & TYPE_MASK;
        nest = (bytes.getShort(next + 2) & NESTED) != 0;
        start = next + 4;
        length = claimed - 4;
        next += claimed + 3 & ~3;
        return true;
    }

    /** Returns the type of this attribute. */
    public int type() {
        return type;
    }

    /** Tells whether its writer said that it holds attributes; the kernel often says nothing. */
    public boolean isNest() {
        return nest;
    }

    /** Returns one octet; 0 and a fault if there is none. */
    public int u8() {
        return has(1) ? bytes.get(start) & 0xff : 0;
    }

    /** Returns 16 bits in host order; 0 and a fault if there are fewer. */
    public int u16() {
        return has(2) ? bytes.getShort(start) & 0xffff : 0;
    }

    /** Returns 32 bits in host order; 0 and a fault if there are fewer. */
    public int u32() {
        return has(4) ? bytes.getInt(start) : 0;
    }

    /** Returns 64 bits in host order at an offset in this attribute; 0 and a fault if there are fewer. */
    public long u64(int offset) {
        return has(offset + 8) ? bytes.getLong(start + offset) : 0;
    }

    /** Returns the text up to the first NUL or the end. */
    public String text() {
        byte[] octets = octets();
        int end = 0;
        while (end < octets.length && octets[end] != 0) {
            end++;
        }
        return new String(octets, 0, end, StandardCharsets.UTF_8);
    }

    /** Returns a copy of the octets. */
    public byte[] octets() {
        byte[] octets = new byte[length];
        bytes.get(start, octets);
        return octets;
    }

    /** Returns a cursor over the attributes inside this one. */
    public AttributeCursor nested() {
        return new AttributeCursor(bytes.slice(start, length));
    }

    /** Returns all octets that it was made of, in host order. */
    public ByteBuffer rest() {
        return bytes.duplicate().order(ByteOrder.nativeOrder());
    }

    private boolean has(int octets) {
        if (length < octets && fault.isEmpty()) {
            fault = "attribute " + type + " has " + length + " octets, " + octets + " expected";
        }
        return length >= octets;
    }

    /** Goes on only if all attributes were sound. */
    public void finish() {
        if (!fault.isEmpty()) {
            throw new ProtocolException(fault);
        }
    }
}
