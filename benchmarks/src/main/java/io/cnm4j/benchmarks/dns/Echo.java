package io.cnm4j.benchmarks.dns;

import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The floor: sends back what comes, by UDP and TCP, on the transport that the name server has. */
@SuppressWarnings("FutureReturnValueIgnored") // an echo that is not sent shows as no answers
final class Echo implements AutoCloseable {
    private static final int LONGEST = 1536;
    private static final int AT_ONCE = 32;

    private final Channel datagrams;
    private final Channel streams;

    Echo(NamespaceWorkers workers, NamespaceRef sandbox, EventLoop loop, InetSocketAddress address) {
        Channel[] made = workers.call(
                Deadline.after(Duration.ofSeconds(10)),
                () -> NamespaceWorkers.inside(sandbox, () -> new Channel[] {
                    new EpollDatagramChannel(SocketProtocolFamily.INET),
                    new EpollServerSocketChannel(SocketProtocolFamily.INET)
                }));
        datagrams = made[0];
        streams = made[1];
        datagrams.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LONGEST);
        datagrams.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(LONGEST * AT_ONCE));
        datagrams.pipeline().addLast(new Back());
        streams.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                var connection = (Channel) message;
                connection.pipeline().addLast(new Back());
                loop.register(connection);
            }
        });
        for (Channel channel : made) {
            loop.register(channel).syncUninterruptibly();
            channel.bind(address).syncUninterruptibly();
        }
    }

    /** Sends back. */
    private static final class Back extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof DatagramPacket packet) {
                context.write(new DatagramPacket(packet.content(), packet.sender()), context.voidPromise());
            } else {
                context.write((ByteBuf) message, context.voidPromise());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (context.channel() instanceof EpollSocketChannel) {
                context.close(); // its client is gone
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    @Override
    public void close() {
        datagrams.close().syncUninterruptibly();
        streams.close().syncUninterruptibly();
    }
}
