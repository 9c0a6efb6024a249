package io.cnm4j.benchmarks.dns;

import io.cnm4j.benchmarks.Samples;
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
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;

/** Keeps a number of questions under way from inside a sandbox; each answer brings the next question. On one loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a client that cannot ask shows as no answers
final class Client extends ChannelInboundHandlerAdapter {
    private static final int LONGEST = 1536;
    private static final int AT_ONCE = 32;
    private static final int EVERY = 16; // of so many answers one is timed

    private final byte[][] questions;
    private final int underWay;
    private final boolean stream;
    private final Random random = new Random(1);
    private final long[] sent;
    private final Samples times = new Samples();
    private final Channel channel;
    private long answers;
    private long lost;
    private byte[] part = new byte[0]; // of an answer that has not come whole

    Client(
            NamespaceWorkers workers,
            NamespaceRef sandbox,
            EventLoop loop,
            InetSocketAddress server,
            byte[][] questions,
            int underWay,
            boolean stream) {
        this.questions = questions;
        this.underWay = underWay;
        this.stream = stream;
        this.sent = new long[underWay];
        this.channel = workers.call(
                Deadline.after(Duration.ofSeconds(10)), () -> NamespaceWorkers.inside(sandbox, () -> socket(stream)));
        channel.pipeline().addLast(this);
        loop.register(channel).syncUninterruptibly();
        channel.connect(server).syncUninterruptibly();
    }

    private static Channel socket(boolean stream) {
        if (stream) {
            return new EpollSocketChannel(SocketProtocolFamily.INET);
        }
        var socket = new EpollDatagramChannel(SocketProtocolFamily.INET);
        socket.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LONGEST);
        socket.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(LONGEST * AT_ONCE));
        return socket;
    }

    /** Begins to ask. */
    void start() {
        channel.eventLoop().execute(() -> {
            for (int i = 0; i < underWay; i++) {
                ask(i);
            }
            channel.flush();
        });
    }

    private void ask(int number) {
        byte[] question = questions[random.nextInt(questions.length)];
        ByteBuf out = channel.alloc().directBuffer(question.length + 2);
        if (stream) {
            out.writeShort(question.length);
        }
        out.writeBytes(question);
        out.setShort(stream ? 2 : 0, number);
        sent[number] = System.nanoTime();
        channel.write(out, channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            ByteBuf in = message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
            if (!stream) {
                answered(in.readUnsignedShort());
            } else {
                stream(in);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void stream(ByteBuf in) {
        var all = new byte[part.length + in.readableBytes()];
        System.arraycopy(part, 0, all, 0, part.length);
        in.readBytes(all, part.length, in.readableBytes());
        int at = 0;
        while (all.length - at >= 4 && all.length - at >= 2 + u16(all, at)) {
            answered(u16(all, at + 2));
            at += 2 + u16(all, at);
        }
        part = Arrays.copyOfRange(all, at, all.length);
    }

    private static int u16(byte[] octets, int at) {
        return (octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff);
    }

    private void answered(int number) {
        answers++;
        if (answers % EVERY == 0) {
            times.since(sent[number]);
        }
        ask(number);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // closed with answers under way
    }

    /** Returns how many answers came since the last call; what did not come for 2 s is lost and asked anew. */
    long answers() {
        return onLoop(() -> {
            long now = System.nanoTime();
            for (int i = 0; i < underWay; i++) {
                if (now - sent[i] > 2_000_000_000L) {
                    lost++;
                    ask(i);
                }
            }
            channel.flush();
            long count = answers;
            answers = 0;
            return count;
        });
    }

    Samples times() {
        return times;
    }

    long lost() {
        return onLoop(() -> lost);
    }

    private <T> T onLoop(Callable<T> task) {
        return channel.eventLoop().submit(task).syncUninterruptibly().getNow();
    }

    void close() {
        channel.close().syncUninterruptibly();
    }
}
