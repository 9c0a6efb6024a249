package io.cnm4j.linux.dns;

import io.cnm4j.linux.dns.codec.Question;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection from inside a sandbox: messages behind their length (RFC 1035, section 4.2.2), many at a time and answered as they
 * come (RFC 7766). A client that does not read its answers is not read from, one that says nothing is left.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
final class StreamFace extends ChannelInboundHandlerAdapter {
    static final int MOST = 65_535;

    private static final Logger LOG = LoggerFactory.getLogger(StreamFace.class);
    private static final int IDLE_SECONDS = 10;
    private static final int AT_ONCE = 100;

    private final SandboxServer server;
    private final Runnable closed;
    private @Nullable ByteBuf rest;
    private @Nullable ScheduledFuture<?> idle;
    private @Nullable ByteBuf answers; // not sent yet
    private int waiting; // questions without an answer
    private boolean spoke;
    private boolean reading;

    StreamFace(SandboxServer server, Runnable closed) {
        this.server = server;
        this.closed = closed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        rest = context.alloc().buffer();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        idle = context.executor()
                .scheduleWithFixedDelay(() -> leaveIfSilent(context), IDLE_SECONDS, IDLE_SECONDS, TimeUnit.SECONDS);
    }

    private void leaveIfSilent(ChannelHandlerContext context) {
        if (!spoke && waiting == 0) {
            context.close();
        }
        spoke = false;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        try {
            if (rest != null) {
                rest.writeBytes(in);
            }
        } finally {
            in.release();
        }
        reading = true;
        messages(context);
    }

    private void messages(ChannelHandlerContext context) {
        ByteBuf octets = rest;
        while (octets != null && waiting < AT_ONCE && octets.readableBytes() >= 2) {
            int length = octets.getUnsignedShort(octets.readerIndex());
            if (octets.readableBytes() < 2 + length) {
                break;
            }
            spoke = true;
            Question question = Question.read(octets.skipBytes(2).readSlice(length));
            if (question == null) {
                context.close();
                return;
            }
            waiting++;
            server.ask(question, MOST, true, (answer, source) -> send(context, answer));
        }
        if (octets != null) {
            octets.discardSomeReadBytes();
        }
        context.channel()
                .config()
                .setAutoRead(waiting < AT_ONCE && context.channel().isWritable());
    }

    private void send(ChannelHandlerContext context, byte[] answer) {
        waiting--;
        if (answers == null) {
            answers = context.alloc().directBuffer(2 + answer.length);
        }
        answers.writeShort(answer.length).writeBytes(answer);
        if (!reading) {
            flush(context);
            messages(context);
        }
    }

    /** Sends what is ready, in one write. */
    private void flush(ChannelHandlerContext context) {
        ByteBuf ready = answers;
        answers = null;
        if (ready != null) {
            context.writeAndFlush(ready, context.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        messages(context);
        reading = false;
        flush(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel()
                .config()
                .setAutoRead(waiting < AT_ONCE && context.channel().isWritable());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (rest != null) {
            rest.release();
            rest = null;
        }
        if (answers != null) {
            answers.release();
            answers = null;
        }
        if (idle != null) {
            idle.cancel(false);
        }
        closed.run();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a connection broke", cause);
        context.close();
    }
}
