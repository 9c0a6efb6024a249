package io.cnm4j.linux.relay;

import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/** Which kind of socket an address needs: Netty would guess it from what the host has at its start. */
final class Families {
    private Families() {}

    static SocketProtocolFamily of(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    }
}
