package io.cnm4j.linux.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A connected UDP socket to one upstream: the kernel lets nobody else answer. Numbers are drawn at random, and the port is the kernel's
 * choice anew every few seconds (RFC 5452). On one loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
final class UpstreamDatagrams extends ChannelInboundHandlerAdapter {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NUMBERS = 65_536;
    private static final int MOST = NUMBERS / 2;

    private final Route route;
    private final BiConsumer<Route, UpstreamDatagrams> closed;
    private final long idleSeconds;
    private final Map<Integer, Exchange> asked = new HashMap<>();
    private final List<Integer> unsent = new ArrayList<>();
    private @Nullable ChannelHandlerContext connected;
    private boolean used = true;

    UpstreamDatagrams(Route route, BiConsumer<Route, UpstreamDatagrams> closed, long idleSeconds) {
        this.route = route;
        this.closed = closed;
        this.idleSeconds = idleSeconds;
    }

    Runnable send(Exchange exchange) {
        if (asked.size() >= MOST) {
            return () -> {}; // its silence is taken for that of the upstream
        }
        int number = RANDOM.nextInt(NUMBERS);
        while (asked.containsKey(number)) {
            number = (number + 1) % NUMBERS;
        }
        used = true;
        asked.put(number, exchange);
        if (connected == null) {
            unsent.add(number);
        } else {
            write(connected, number, exchange);
        }
        int mine = number;
        return () -> asked.remove(mine, exchange);
    }

    private static void write(ChannelHandlerContext context, int number, Exchange exchange) {
        byte[] message = exchange.question().message();
        ByteBuf octets = context.alloc().directBuffer(message.length).writeBytes(message);
        octets.setShort(octets.readerIndex(), number);
        context.writeAndFlush(octets, context.voidPromise());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connected = context;
        for (int number : unsent) {
            Exchange exchange = asked.get(number);
            if (exchange != null) {
                write(context, number, exchange);
            }
        }
        unsent.clear();
        context.executor().schedule(() -> leaveIfIdle(context), idleSeconds, TimeUnit.SECONDS);
    }

    private void leaveIfIdle(ChannelHandlerContext context) {
        if (!used && asked.isEmpty()) {
            context.close();
        } else if (context.channel().isOpen()) {
            used = false;
            context.executor().schedule(() -> leaveIfIdle(context), idleSeconds, TimeUnit.SECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            ByteBuf octets = message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
            if (octets.readableBytes() >= 2) {
                Exchange exchange = asked.get(octets.getUnsignedShort(octets.readerIndex()));
                if (exchange != null) {
                    var answer = new byte[octets.readableBytes()];
                    octets.readBytes(answer);
                    exchange.answered(route, answer);
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) { // ICMP says that nobody is there
        failed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connected = null;
        closed.accept(route, this);
        failed();
    }

    /** Nobody can be asked this way. */
    void failed() {
        if (connected == null) {
            closed.accept(route, this);
        }
        List<Exchange> waiting = List.copyOf(asked.values());
        asked.clear();
        unsent.clear();
        waiting.forEach(exchange -> exchange.unreachable(route));
    }
}
