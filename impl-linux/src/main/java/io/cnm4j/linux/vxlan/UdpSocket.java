package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/** UDP sockets that take and give many datagrams of one size as one: UDP_SEGMENT and UDP_GRO of udp(7), Linux 4.18 and 5.0. */
final class UdpSocket {
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int EADDRINUSE = 98;
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
        boolean ipv4 = local.family() == Family.IPV4;
        int fd = CALLS.socket(ipv4 ? Vtep.AF_INET : Vtep.AF_INET6, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.failed("socket", LibC.errno());
        }
        if (several) {
            set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
        }
        if (!ipv4) {
            set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        }
        set(fd, SOL_UDP, UDP_GRO, 1); // an old kernel gives one datagram at a time
        if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)) {
            set(fd, SOL_SOCKET, SO_RCVBUF, BUFFER);
        }
        if (!set(fd, SOL_SOCKET, SO_SNDBUFFORCE, BUFFER)) {
            set(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
        }
        ByteBuffer address = ByteBuffer.allocate(Vtep.SOCKADDR).order(ByteOrder.nativeOrder());
        int length = Vtep.writeSocketAddress(local, port, address, 0);
        Pointer page = Scratch.page();
        page.put(0, address.array(), 0, length);
        if (CALLS.bind(fd, page.address(), length) != 0) {
            int errno = LibC.errno();
            CALLS.close(fd);
            String advice = errno == EADDRINUSE
                    ? "the kernel's VXLAN device or another endpoint has this port; choose another port or address"
                    : Errno.advice(errno);
            throw Errno.failed("bind udp " + local + " port " + port, errno, advice);
        }
        return fd;
    }

    private static boolean set(int fd, int level, int name, int value) {
        Pointer page = Scratch.page();
        page.putInt(0, value);
        return CALLS.setsockopt(fd, level, name, page.address(), 4) == 0;
    }
}
