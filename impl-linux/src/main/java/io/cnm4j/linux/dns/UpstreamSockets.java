package io.cnm4j.linux.dns;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Sockets to upstreams, open only while they are used: at rest a sandbox has none. On one loop. */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
final class UpstreamSockets {
    private static final int DOMAIN = 53;
    private static final long IDLE_SECONDS = 10;
    private static final int LONGEST_ANSWER = 16_384;

    private final EventLoop loop;
    private final Opener opener;
    private final Map<Route, UpstreamDatagrams> datagrams = new HashMap<>();
    private final Map<NamespaceRef, Set<Channel>> open = new HashMap<>();

    UpstreamSockets(EventLoop loop, Opener opener) {
        this.loop = loop;
        this.opener = opener;
    }

    /** Lets a sandbox have sockets. */
    void serve(NamespaceRef namespace) {
        open.put(namespace, new HashSet<>());
    }

    /** Closes all sockets of a sandbox; it gets no more. */
    List<Channel> leave(NamespaceRef namespace) {
        Set<Channel> channels = open.remove(namespace);
        List<Channel> closing = channels == null ? List.of() : new ArrayList<>(channels);
        closing.forEach(Channel::close);
        datagrams.keySet().removeIf(route -> route.namespace().equals(namespace));
        return closing;
    }

    Runnable datagram(Route route, Exchange exchange) {
        UpstreamDatagrams socket = datagrams.get(route);
        if (socket == null) {
            var opened = new UpstreamDatagrams(route, datagrams::remove, IDLE_SECONDS);
            datagrams.put(route, opened);
            connect(route, () -> datagramSocket(route.address()), opened, opened::failed);
            socket = opened;
        }
        return socket.send(exchange);
    }

    Runnable stream(Route route, Exchange exchange) {
        var call = new UpstreamStream(route, exchange);
        connect(route, () -> new EpollSocketChannel(family(route.address())), call, () -> exchange.unreachable(route));
        return call::cancel;
    }

    private static Channel datagramSocket(IpAddress address) {
        var socket = new EpollDatagramChannel(family(address));
        socket.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(LONGEST_ANSWER));
        return socket;
    }

    private static SocketProtocolFamily family(IpAddress address) {
        return address.family() == Family.IPV4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    }

    private void connect(Route route, Supplier<Channel> socket, ChannelHandler handler, Runnable failed) {
        opener.open(route.namespace(), socket, channel -> {
            if (channel == null) {
                loop.execute(failed);
            } else {
                channel.pipeline().addLast(handler);
                loop.execute(() -> connect(route, channel, failed));
            }
        });
    }

    private void connect(Route route, Channel channel, Runnable failed) {
        Set<Channel> channels = route.namespace().isHost()
                ? open.computeIfAbsent(NamespaceRef.HOST, host -> new HashSet<>())
                : open.get(route.namespace());
        if (channels == null) { // the sandbox went meanwhile
            channel.unsafe().closeForcibly();
            failed.run();
            return;
        }
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
        loop.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                channels.remove(channel);
                channel.unsafe().closeForcibly();
                failed.run();
                return;
            }
            channel.connect(new InetSocketAddress(route.address().toInetAddress(), DOMAIN))
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            channel.close();
                            failed.run();
                        }
                    });
        });
    }
}
