package io.cnm4j.linux.xfrm;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Sockets;

/** Sockets whose datagrams the kernel takes for ESP, UDP_ENCAP of udp(7). Nothing is read from them. */
final class EspSocket {
    private static final int SOL_UDP = 17;
    private static final int UDP_ENCAP = 100;
    private static final int UDP_ENCAP_ESPINUDP = 2;
    private static final int SO_RCVBUF = 8;

    private EspSocket() {}

    /**
     * Opens one in the calling thread's namespace.
     *
     * @throws io.cnm4j.api.error.KernelException if the port is taken, or the kernel cannot
     */
    static int open(IpAddress local, int port) {
        int fd = CALLS.socket(Sockets.family(local), Sockets.SOCK_DGRAM | Sockets.NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.failed("socket(udp)", LibC.errno());
        }
        String what = "socket of ESP at udp " + local + " port " + port;
        if (local.family() == Family.IPV6) {
            Sockets.option(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1);
        }
        Sockets.option(fd, Sockets.SOL_SOCKET, SO_RCVBUF, 0); // what is no ESP waits there for nobody
        if (!Sockets.option(fd, SOL_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)) {
            throw closed(
                    fd, what, LibC.errno(), "use a kernel with ESP in UDP, or ClusterConfig.kernelEncryption(false)");
        }
        int errno = Sockets.bind(fd, local, port);
        if (errno != 0) {
            String advice = errno == Errno.EADDRINUSE
                    ? "an IPsec daemon or another tunnel has this port; choose another encrypted port"
                    : Errno.advice(errno);
            throw closed(fd, what, errno, advice);
        }
        return fd;
    }

    private static RuntimeException closed(int fd, String what, int errno, String advice) {
        CALLS.close(fd);
        return Errno.failed(what, errno, advice);
    }
}
