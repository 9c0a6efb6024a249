package io.cnm4j.examples.tunnel;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/** Hears every packet of a namespace: packet(7). */
final class WireTap implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0x800 | 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int SPACE = 1 << 17;

    private final int socket;

    private WireTap(int socket) {
        this.socket = socket;
    }

    /** Opens it in the calling thread's namespace. */
    static WireTap open() {
        int everything = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? ETH_P_ALL : ETH_P_ALL << 8;
        int socket = CALLS.socket(AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, everything);
        if (socket < 0) {
            throw Errno.failed("socket AF_PACKET", LibC.errno());
        }
        return new WireTap(socket);
    }

    /** Tells whether one of the packets that passed has these octets in it. */
    boolean heard(byte[] words) {
        ByteBuffer packet = ByteBuffer.allocateDirect(SPACE);
        long address = Pointer.wrap(LibC.runtime(), packet).address();
        boolean heard = false;
        for (long length = CALLS.recv(socket, address, SPACE, 0);
                length >= 0;
                length = CALLS.recv(socket, address, SPACE, 0)) {
            for (int at = 0; at + words.length <= length; at++) {
                heard |= packet.slice(at, words.length).equals(ByteBuffer.wrap(words));
            }
        }
        return heard;
    }

    @Override
    public void close() {
        CALLS.close(socket);
    }
}
