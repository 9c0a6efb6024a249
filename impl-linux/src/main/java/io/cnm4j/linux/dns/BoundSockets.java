package io.cnm4j.linux.dns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Sockets;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import java.util.Optional;

/**
 * The two sockets of a name server, bound in the namespace of the thread that made them; questions wait in them until they are read.
 * udp(7), tcp(7)
 *
 * @param datagrams descriptor of the UDP socket
 * @param streams descriptor of the TCP socket, which listens
 */
record BoundSockets(int datagrams, int streams) {
    private static final IpAddress ADDRESS = IpAddress.parse(ServeNames.ADDRESS);
    private static final int BACKLOG = 128;

    /**
     * Binds both.
     *
     * @return empty if one of them has this port already
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses for another reason
     */
    static Optional<BoundSockets> at(int port) {
        int datagrams = socket(Sockets.SOCK_DGRAM);
        int streams = -1;
        boolean bound = false;
        try {
            streams = socket(Sockets.SOCK_STREAM);
            Sockets.option(streams, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1); // cannot fail on TCP
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
        int fd = CALLS.socket(Sockets.AF_INET, type | Sockets.NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.failed("socket(AF_INET) for the name server", LibC.errno());
        }
        return fd;
    }

    private static boolean bind(int fd, int port) {
        return done(Sockets.bind(fd, ADDRESS, port), "bind", port);
    }

    private static boolean listen(int fd, int port) {
        return done(CALLS.listen(fd, BACKLOG) == 0 ? 0 : LibC.errno(), "listen", port);
    }

    private static boolean done(int errno, String call, int port) {
        if (errno != 0 && errno != Errno.EADDRINUSE) {
            throw Errno.failed(
                    call + " " + ADDRESS + ":" + port + " for the name server",
                    errno,
                    "see that the loopback of the sandbox is up (ip link show lo)");
        }
        return errno == 0;
    }
}
