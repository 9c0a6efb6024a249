package io.cnm4j.linux.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import jnr.ffi.Pointer;

/** The clients of one UDP port, each with a socket of its own to the container until it was silent for 90 seconds; BP-10. */
final class UdpSessions implements AutoCloseable {
    static final int LARGEST = 65_535;
    private static final int MOST = 1024; // clients at a time: a flood of forged ones costs no more
    private static final long IDLE_SECONDS = 90;

    private final Map<ClientAddress, Session> sessions = new ConcurrentHashMap<>();
    private final Supplier<EventLoopGroup> loop;
    private final Answer answer;
    private final InetSocketAddress target;
    private final AtomicInteger clients;
    private final int limit;

    /** Sends an answer to a client. */
    interface Answer {
        void send(long buffer, int length, ClientAddress client);
    }

    /**
     * @param clients how many all ports have together
     * @param limit how many those may be
     */
    UdpSessions(
            Supplier<EventLoopGroup> loop, Answer answer, InetSocketAddress target, AtomicInteger clients, int limit) {
        this.clients = clients;
        this.limit = limit;
        this.loop = loop;
        this.answer = answer;
        this.target = target;
    }

    /** Takes one datagram from the port's socket into a buffer of {@link #LARGEST} octets; false if there was none. */
    boolean receive(int fd, Datagram incoming, Pointer buffer) {
        long length = incoming.receive(fd, buffer.address(), LARGEST);
        if (length < 0) {
            return false;
        }
        byte[] octets = new byte[(int) length];
        buffer.get(0, octets, 0, octets.length);
        ClientAddress from = incoming.sender();
        Session session = sessions.get(from);
        if (session == null && sessions.size() < MOST && clients.get() < limit) {
            clients.incrementAndGet();
            session = new Session(from);
        }
        if (session != null) {
            session.send(Unpooled.wrappedBuffer(octets));
        }
        return true;
    }

    @Override
    public void close() {
        sessions.values().forEach(Session::end);
    }

    private final class Session extends SimpleChannelInboundHandler<DatagramPacket> {
        private final ClientAddress client;
        private final ChannelFuture connecting;
        private final Channel channel;
        private volatile long lastUsed = System.nanoTime();

        Session(ClientAddress client) {
            this.client = client;
            sessions.put(client, this); // before there is a channel that could end it
            this.connecting = new Bootstrap()
                    .group(loop.get())
                    .channelFactory(() -> new EpollDatagramChannel(Families.of(target)))
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST))
                    .handler(this)
                    .connect(target);
            this.channel = connecting.channel();
            watch(IDLE_SECONDS);
        }

        private void watch(long seconds) {
            var unused = channel.eventLoop().schedule(this::endIfIdle, seconds, TimeUnit.SECONDS);
        }

        private void endIfIdle() {
            long idle = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastUsed);
            if (idle >= IDLE_SECONDS) {
                end();
            } else if (channel.isOpen()) {
                watch(IDLE_SECONDS - idle);
            }
        }

        void end() {
            if (sessions.remove(client, this)) {
                clients.decrementAndGet();
            }
            var unused = channel.close();
        }

        void send(ByteBuf octets) {
            lastUsed = System.nanoTime();
            connecting.addListener(connected -> {
                var unused = channel.writeAndFlush(octets);
            });
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            lastUsed = System.nanoTime();
            ByteBuf octets = packet.content();
            answer.send(octets.memoryAddress() + octets.readerIndex(), octets.readableBytes(), client);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable refused) {
            lastUsed = System.nanoTime(); // nobody listens there yet: an answer to the next datagram is still possible
        }
    }
}
