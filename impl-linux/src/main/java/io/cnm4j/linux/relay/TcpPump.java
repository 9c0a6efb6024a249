package io.cnm4j.linux.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;

/** One direction of a relayed connection: what is read here is written there, at the pace of the slower one; BP-10. */
final class TcpPump extends ChannelInboundHandlerAdapter {
    private static final int CONNECT_MILLIS = 10_000;

    private final DuplexChannel there;

    private TcpPump(DuplexChannel there) {
        this.there = there;
    }

    /**
     * Begins to relay for a client.
     *
     * @param client descriptor of its connection
     * @param over told when it is over
     */
    static void start(int client, InetSocketAddress target, EventLoopGroup loop, Runnable over) {
        var near = new EpollSocketChannel(client);
        near.config().setAutoRead(false).setAllowHalfClosure(true);
        near.closeFuture().addListener(closed -> over.run());
        loop.register(near).addListener((ChannelFuture registered) -> {
            if (registered.isSuccess()) {
                connect(near, target);
            } else {
                near.unsafe().closeForcibly();
            }
        });
    }

    /** Called by the loop, so that nothing is read on one side before the other is there. */
    private static void connect(DuplexChannel near, InetSocketAddress target) {
        ChannelFuture connecting = new Bootstrap()
                .group(near.eventLoop())
                .channelFactory(() -> new EpollSocketChannel(Families.of(target)))
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new TcpPump(near))
                .connect(target);
        var far = (DuplexChannel) connecting.channel();
        near.pipeline().addLast(new TcpPump(far));
        connecting.addListener((ChannelFuture done) -> {
            if (done.isSuccess()) {
                near.config().setAutoRead(true);
                far.config().setAutoRead(true);
            } else {
                quietly(near.close());
            }
        });
    }

    /** What becomes of it is told by the channel's events. */
    private static void quietly(ChannelFuture future) {
        future.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object octets) {
        quietly(there.write(octets));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        there.flush();
        if (!there.isWritable()) {
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && there.isActive()) {
            there.config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            there.shutdownOutput().addListener(done -> closeIfOver((DuplexChannel) context.channel()));
        }
    }

    /** Both sides said all they had to say. */
    private void closeIfOver(DuplexChannel here) {
        if (here.isInputShutdown() && there.isInputShutdown()) {
            quietly(here.close());
            quietly(there.close());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (there.isActive()) {
            there.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
        Channel here = context.channel();
        quietly(here.close()); // a reset ends both
        quietly(there.close());
    }
}
