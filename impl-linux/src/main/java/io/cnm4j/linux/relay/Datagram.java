package io.cnm4j.linux.relay;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Sockets;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * A struct msghdr with room for an address and one piece of memory, recvmsg(2). Used by one thread.
 *
 * <pre>
 * |  name   | length, 4 | pad | pieces  | count   | control | length  | flags |    name    | piece: base, length |
 * 0         8           12    16        24        32        40        48      56           88                    104
 * </pre>
 */
final class Datagram {
    private static final int NAME_LENGTH = 8;
    private static final int PIECES = 16;
    private static final int COUNT = 24;
    private static final int NAME = 56;
    private static final int PIECE = 88;
    private static final int SIZE = 104;

    private final Pointer header = Memory.allocateDirect(LibC.runtime(), SIZE, true);

    Datagram() {
        header.putLong(0, header.address() + NAME);
        header.putLong(PIECES, header.address() + PIECE);
        header.putLong(COUNT, 1);
    }

    /** Receives into memory; returns the length, negative if there is nothing. */
    long receive(int fd, long memory, int room) {
        header.putInt(NAME_LENGTH, PIECE - NAME);
        header.putLong(PIECE, memory);
        header.putLong(PIECE + Long.BYTES, room);
        return CALLS.recvmsg(fd, header.address(), 0);
    }

    /** Returns who sent what was received last. */
    ClientAddress sender() {
        byte[] octets = new byte[Math.min(header.getInt(NAME_LENGTH), Sockets.ADDRESS)];
        header.get(NAME, octets, 0, octets.length);
        return new ClientAddress(octets);
    }

    /** Sends what is in memory; a datagram that is lost here is lost. */
    void send(int fd, long memory, int length, ClientAddress client) {
        byte[] octets = client.octets();
        header.put(NAME, octets, 0, octets.length);
        header.putInt(NAME_LENGTH, octets.length);
        header.putLong(PIECE, memory);
        header.putLong(PIECE + Long.BYTES, length);
        CALLS.sendmsg(fd, header.address(), 0);
    }
}
