package io.cnm4j.linux.relay;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import jnr.ffi.Pointer;

/**
 * struct sockaddr_in and sockaddr_in6, ip(7) and ipv6(7).
 *
 * <pre>
 * |family| port |   IPv4 address   |        |family| port | flow label | IPv6 address, 16 octets | scope id |
 * 0      2      4                           0      2      4            8                         24
 * </pre>
 */
final class SocketAddressOctets {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int LENGTH6 = 28;

    private static final int LENGTH4 = 16;
    private static final int PORT = 2;
    private static final int ADDRESS4 = 4;
    private static final int ADDRESS6 = 8;

    private SocketAddressOctets() {}

    static int family(IpAddress address) {
        return address.family() == Family.IPV4 ? AF_INET : AF_INET6;
    }

    /** Returns the family of an address: Netty would guess it from what the host has at its start. */
    static SocketProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    }

    /** Writes an address and returns its length. */
    static int write(Pointer at, IpAddress address, int port) {
        int length = address.family() == Family.IPV4 ? LENGTH4 : LENGTH6;
        at.setMemory(0, length, (byte) 0);
        at.putShort(0, (short) family(address));
        at.putByte(PORT, (byte) (port >> 8));
        at.putByte(PORT + 1, (byte) port);
        byte[] octets = address.octets();
        at.put(address.family() == Family.IPV4 ? ADDRESS4 : ADDRESS6, octets, 0, octets.length);
        return length;
    }
}
