package io.cnm4j.linux.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** One question to an upstream by TCP. On one loop. */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
final class UpstreamStream extends ChannelInboundHandlerAdapter {
    private final Route route;
    private final Exchange exchange;
    private @Nullable ChannelHandlerContext connected;
    private byte[] answer = new byte[2]; // first its length, then itself
    private int filled;
    private boolean sized;
    private boolean cancelled;

    UpstreamStream(Route route, Exchange exchange) {
        this.route = route;
        this.exchange = exchange;
    }

    void cancel() {
        cancelled = true;
        if (connected != null) {
            connected.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connected = context;
        if (cancelled) {
            context.close();
            return;
        }
        byte[] message = exchange.question().message();
        ByteBuf out = context.alloc().directBuffer(2 + message.length);
        context.writeAndFlush(out.writeShort(message.length).writeBytes(message), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        try {
            while (in.isReadable() && !cancelled) {
                int count = Math.min(in.readableBytes(), answer.length - filled);
                in.readBytes(answer, filled, count);
                filled += count;
                if (filled == answer.length) {
                    full(context);
                }
            }
        } finally {
            in.release();
        }
    }

    private void full(ChannelHandlerContext context) {
        if (!sized) {
            sized = true;
            filled = 0;
            answer = new byte[(answer[0] & 0xff) << 8 | (answer[1] & 0xff)];
        } else {
            cancelled = true;
            context.close();
            exchange.answered(route, answer);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!cancelled) {
            exchange.unreachable(route);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
