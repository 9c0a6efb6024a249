package io.cnm4j.benchmarks.connect;

import io.cnm4j.linux.libc.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;

/** Netlink messages of one send, encoded once and patched in place. Written without the library's encoder. */
final class Frame {
    static final int ACK = 0x5; // NLM_F_REQUEST | NLM_F_ACK
    static final int ECHO = 0x8;
    static final int MAKE = 0x600; // NLM_F_CREATE | NLM_F_EXCL
    private static final int NESTED = 0x8000;
    private static final int HEADER = 16;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(1024).order(ByteOrder.nativeOrder());
    private final long address = Pointer.wrap(LibC.runtime(), bytes).address();
    private int start = -1;
    private int messages;

    /** Begins a message; returns the offset of its fixed part. */
    int begin(int type, int flags) {
        end();
        start = bytes.position();
        bytes.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
        messages++;
        return bytes.position();
    }

    /** Appends struct ifinfomsg; returns the offset of the index. */
    int link(int family, int index, int flags) {
        bytes.put((byte) family).put((byte) 0).putShort((short) 0);
        int at = bytes.position();
        bytes.putInt(index).putInt(flags).putInt(flags);
        return at;
    }

    /** Appends the four octets that struct ifaddrmsg begins with, and the index; returns the offset of the index. */
    int address(int family, int length, int index) {
        bytes.put((byte) family).put((byte) length).put((byte) 0).put((byte) 0);
        int at = bytes.position();
        bytes.putInt(index);
        return at;
    }

    /** Appends octets as they are. */
    Frame octets(int... values) {
        for (int value : values) {
            bytes.put((byte) value);
        }
        return this;
    }

    /** Appends an attribute of 32 bits; returns the offset of the value. */
    int attr(int type, int value) {
        bytes.putShort((short) 8).putShort((short) type);
        int at = bytes.position();
        bytes.putInt(value);
        return at;
    }

    /** Appends an attribute; returns the offset of the octets. */
    int attr(int type, byte[] octets) {
        bytes.putShort((short) (4 + octets.length)).putShort((short) type);
        int at = bytes.position();
        bytes.put(octets);
        pad();
        return at;
    }

    /** Appends an attribute of text with a NUL behind it; returns the offset of the text. */
    int attr(int type, String text) {
        return attr(type, (text + '\0').getBytes(StandardCharsets.US_ASCII));
    }

    /** Begins an attribute that holds attributes. */
    int nest(int type) {
        bytes.putShort((short) 0).putShort((short) (type | NESTED));
        return bytes.position() - 4;
    }

    Frame unnest(int at) {
        bytes.putShort(at, (short) (bytes.position() - at));
        return this;
    }

    private void pad() {
        while ((bytes.position() & 3) != 0) {
            bytes.put((byte) 0);
        }
    }

    /** Ends the last message. */
    Frame end() {
        if (start >= 0) {
            pad();
            bytes.putInt(start, bytes.position() - start);
        }
        return this;
    }

    /** Overwrites 32 bits. */
    void patch(int at, int value) {
        bytes.putInt(at, value);
    }

    /** Overwrites 32 bits in network order. */
    void patchBigEndian(int at, int value) {
        bytes.putInt(at, bytes.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value));
    }

    /** Overwrites with the last {@code digits} decimal digits of a number. */
    void patchDigits(int at, int digits, int number) {
        int rest = number;
        for (int i = digits - 1; i >= 0; i--) {
            bytes.put(at + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    /**
     * Sends all messages and waits for the acknowledgement of each.
     *
     * @param socket a netlink socket
     * @param answer memory for the answers, direct
     * @param answerAddress where that is
     * @return the index of the link that was echoed, or 0
     * @throws IllegalStateException if the kernel refuses one
     */
    int send(int socket, ByteBuffer answer, long answerAddress) {
        long sent = LibC.CALLS.send(socket, address, bytes.position(), 0);
        if (sent != bytes.position()) {
            throw new IllegalStateException("send came to " + sent + ", errno " + LibC.errno());
        }
        int echoed = 0;
        int acks = 0;
        while (acks < messages) {
            long length = LibC.CALLS.recv(socket, answerAddress, answer.capacity(), 0);
            for (int at = 0; at + HEADER <= length; at += answer.getInt(at) + 3 & ~3) {
                if (answer.getShort(at + 4) != 2) { // NLMSG_ERROR
                    echoed = answer.getInt(at + HEADER + 4);
                } else if (answer.getInt(at + HEADER) != 0) {
                    throw new IllegalStateException(
                            "message " + acks + " of " + messages + " refused, errno " + -answer.getInt(at + HEADER));
                } else {
                    acks++;
                }
            }
        }
        return echoed;
    }
}
