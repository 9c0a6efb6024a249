package io.cnm4j.linux.dns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * The two sockets of a name server, bound in the namespace of the thread that made them; questions wait in them until they are read.
 * udp(7), tcp(7)
 *
 * @param datagrams descriptor of the UDP socket
 * @param streams descriptor of the TCP socket, which listens
 */
record BoundSockets(int datagrams, int streams) {
    private static final byte[] ADDRESS = {127, 0, 0, 11};
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SOCKADDR_IN = 16;
    private static final int BACKLOG = 128;

    /**
     * Binds both.
     *
     * @return empty if one of them has this port already
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses for another reason
     */
    static Optional<BoundSockets> at(int port) {
        int datagrams = socket(SOCK_DGRAM);
        int streams = -1;
        boolean bound = false;
        try {
            streams = socket(SOCK_STREAM);
            reuseAddress(streams);
            bound = bind(datagrams, port) && bind(streams, port) && listen(streams, port);
        } finally {
            if (!bound) {
                CALLS.close(datagrams);
                CALLS.close(streams);
            }
        }
        return bound ? Optional.of(new BoundSockets(datagrams, streams)) : Optional.empty();
    }

    private static int socket(int type) {
        int fd = CALLS.socket(AF_INET, type | NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.failed("socket(AF_INET) for the name server", LibC.errno());
        }
        return fd;
    }

    private static void reuseAddress(int fd) {
        Pointer value = Scratch.page();
        value.putInt(0, 1);
        CALLS.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, value.address(), Integer.BYTES); // cannot fail on TCP
    }

    private static boolean bind(int fd, int port) {
        Pointer address = Scratch.page();
        address.setMemory(0, SOCKADDR_IN, (byte) 0);
        address.putShort(0, (short) AF_INET);
        address.putByte(2, (byte) (port >> 8));
        address.putByte(3, (byte) port);
        address.put(4, ADDRESS, 0, ADDRESS.length);
        return done(CALLS.bind(fd, address.address(), SOCKADDR_IN), "bind", port);
    }

    private static boolean listen(int fd, int port) {
        return done(CALLS.listen(fd, BACKLOG), "listen", port);
    }

    private static boolean done(int result, String call, int port) {
        if (result != 0 && LibC.errno() != Errno.EADDRINUSE) {
            throw Errno.failed(
                    call + " " + ServeNames.ADDRESS + ":" + port + " for the name server",
                    LibC.errno(),
                    "see that the loopback of the sandbox is up (ip link show lo)");
        }
        return result == 0;
    }
}
