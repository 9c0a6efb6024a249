package io.cnm4j.linux.dns;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sandbox' TCP socket: takes as many connections as it may have. */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
final class Acceptor extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int MOST = 64;

    private final SandboxServer server;
    private final EventLoop loop;
    private final Set<Channel> connections = new HashSet<>();

    Acceptor(SandboxServer server, EventLoop loop) {
        this.server = server;
        this.loop = loop;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var connection = (Channel) message;
        if (connections.size() >= MOST) {
            connection.unsafe().closeForcibly();
            return;
        }
        connections.add(connection);
        connection.pipeline().addLast(new StreamFace(server, () -> connections.remove(connection)));
        loop.register(connection).addListener(registered -> {
            if (!registered.isSuccess()) {
                connections.remove(connection);
                connection.unsafe().closeForcibly();
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Set.copyOf(connections).forEach(Channel::close);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a connection could not be taken", cause);
    }
}
