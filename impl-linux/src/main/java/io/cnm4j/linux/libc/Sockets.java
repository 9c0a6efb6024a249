package io.cnm4j.linux.libc;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import jnr.ffi.Pointer;

/**
 * What sockets of the Internet families are asked for: options, and addresses as struct sockaddr_in and sockaddr_in6, ip(7) and ipv6(7).
 *
 * <pre>
 * |family| port |   IPv4 address   |        |family| port | flow label | IPv6 address, 16 octets | scope id |
 * 0      2      4                           0      2      4            8                         24
 * </pre>
 */
public final class Sockets {
    /** AF_INET. */
    public static final int AF_INET = 2;
    /** AF_INET6. */
    public static final int AF_INET6 = 10;
    /** SOCK_STREAM. */
    public static final int SOCK_STREAM = 1;
    /** SOCK_DGRAM. */
    public static final int SOCK_DGRAM = 2;
    /** SOCK_NONBLOCK and SOCK_CLOEXEC, to be added to a type. */
    public static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    /** SOL_SOCKET. */
    public static final int SOL_SOCKET = 1;
    /** SO_REUSEADDR. */
    public static final int SO_REUSEADDR = 2;
    /** IPPROTO_IPV6, the level of its options. */
    public static final int IPPROTO_IPV6 = 41;
    /** IPV6_V6ONLY. */
    public static final int IPV6_V6ONLY = 26;
    /** The size of the larger address, in octets. */
    public static final int ADDRESS = 28;

    private static final int LENGTH4 = 16;
    private static final int PORT = 2;
    private static final int ADDRESS4 = 4;
    private static final int ADDRESS6 = 8;

    private Sockets() {}

    /** Returns the address family's number. */
    public static int family(IpAddress address) {
        return address.family() == Family.IPV4 ? AF_INET : AF_INET6;
    }

    /** Writes a socket address at the start of a memory and returns its length. */
    public static int write(Pointer at, IpAddress address, int port) {
        int length = address.family() == Family.IPV4 ? LENGTH4 : ADDRESS;
        at.setMemory(0, length, (byte) 0);
        at.putShort(0, (short) family(address));
        at.putByte(PORT, (byte) (port >> 8));
        at.putByte(PORT + 1, (byte) port);
        byte[] octets = address.octets();
        at.put(address.family() == Family.IPV4 ? ADDRESS4 : ADDRESS6, octets, 0, octets.length);
        return length;
    }

    /** Binds a socket; returns 0, or the error number. */
    public static int bind(int fd, IpAddress address, int port) {
        Pointer page = Scratch.page();
        int length = write(page, address, port);
        return CALLS.bind(fd, page.address(), length) == 0 ? 0 : LibC.errno();
    }

    /** Sets an option that is a number, setsockopt(2); tells whether the kernel took it. */
    public static boolean option(int fd, int level, int name, int value) {
        Pointer page = Scratch.page();
        page.putInt(0, value);
        return CALLS.setsockopt(fd, level, name, page.address(), Integer.BYTES) == 0;
    }
}
