package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Sockets;

/** UDP sockets that take and give many datagrams of one size as one: UDP_SEGMENT and UDP_GRO of udp(7), Linux 4.18 and 5.0. */
final class UdpSocket {
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int BUFFER = 4 << 20;

    private UdpSocket() {}

    /**
     * Opens sockets in the calling thread's namespace, bound to one address and port; the kernel spreads flows over them.
     *
     * @throws io.cnm4j.api.error.KernelException if a step is refused; nothing is left then
     */
    static int[] open(IpAddress local, int port, int count) {
        int[] fds = new int[count];
        int opened = 0;
        try {
            for (; opened < count; opened++) {
                fds[opened] = one(local, port, count > 1);
            }
            return fds;
        } catch (RuntimeException | Error failure) {
            for (int i = 0; i < opened; i++) {
                CALLS.close(fds[i]);
            }
            throw failure;
        }
    }

    private static int one(IpAddress local, int port, boolean several) {
        int fd = CALLS.socket(Sockets.family(local), Sockets.SOCK_DGRAM | Sockets.NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.failed("socket", LibC.errno());
        }
        if (several) {
            Sockets.option(fd, Sockets.SOL_SOCKET, SO_REUSEPORT, 1);
        }
        if (local.family() == Family.IPV6) {
            Sockets.option(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1);
        }
        Sockets.option(fd, SOL_UDP, UDP_GRO, 1); // an old kernel gives one datagram at a time
        if (!Sockets.option(fd, Sockets.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)) {
            Sockets.option(fd, Sockets.SOL_SOCKET, SO_RCVBUF, BUFFER);
        }
        if (!Sockets.option(fd, Sockets.SOL_SOCKET, SO_SNDBUFFORCE, BUFFER)) {
            Sockets.option(fd, Sockets.SOL_SOCKET, SO_SNDBUF, BUFFER);
        }
        int errno = Sockets.bind(fd, local, port);
        if (errno != 0) {
            CALLS.close(fd);
            String advice = errno == Errno.EADDRINUSE
                    ? "the kernel's VXLAN device or another endpoint has this port; choose another port or address"
                    : Errno.advice(errno);
            throw Errno.failed("bind udp " + local + " port " + port, errno, advice);
        }
        return fd;
    }
}
