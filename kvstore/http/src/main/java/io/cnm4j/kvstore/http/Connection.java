package io.cnm4j.kvstore.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection: one call after the other. Belongs to the thread of {@link Connections}. */
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
    private final Channel channel;
    private final String server;
    private final Consumer<Connection> free;
    private @Nullable Receiver<?> receiver; // null between two calls
    private boolean lasting;

    /** @param free told when another call can be made */
    Connection(Channel channel, String server, Consumer<Connection> free) {
        this.channel = channel;
        this.server = server;
        this.free = free;
    }

    String server() {
        return server;
    }

    boolean isOpen() {
        return channel.isActive();
    }

    /** Closes a channel; nothing is to be done if that fails. */
    @SuppressWarnings("FutureReturnValueIgnored")
    static void close(Channel channel) {
        channel.close();
    }

    /** Makes a call. */
    void begin(Servers.Call call, Receiver<?> next) {
        receiver = next;
        next.comesFrom(this);
        if (next.answer.isDone()) { // nobody wants it any more
            close(channel);
            return;
        }
        channel.writeAndFlush(request(call)).addListener(sent -> {
            Throwable cause = sent.cause();
            if (cause != null) {
                fail(cause);
            }
        });
    }

    /** Closes it, if it still has this call. Any thread may ask for that. */
    void leave(Receiver<?> who) {
        try {
            channel.eventLoop().execute(() -> {
                if (receiver == who) {
                    close(channel);
                }
            });
        } catch (RejectedExecutionException closed) {
            return; // by the end of the loop
        }
    }

    /** Stops or goes on reading. */
    void read(boolean more) {
        channel.config().setAutoRead(more);
    }

    private FullHttpRequest request(Servers.Call call) {
        var request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(call.method()),
                call.path(),
                Unpooled.wrappedBuffer(call.body()));
        request.headers()
                .set(HttpHeaderNames.HOST, server)
                .set(HttpHeaderNames.USER_AGENT, "cnm4j")
                .set(HttpHeaderNames.CONTENT_LENGTH, call.body().length);
        call.headers().forEach(request.headers()::set);
        return request;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        Receiver<?> waiting = receiver;
        if (waiting == null) {
            close(channel); // it speaks without being asked
        } else if (message.decoderResult().isFailure()) {
            fail(new IOException(
                    "the answer is not HTTP: " + message.decoderResult().cause()));
        } else {
            take(message, waiting);
        }
    }

    private void take(HttpObject message, Receiver<?> waiting) {
        if (message instanceof HttpResponse head) {
            lasting = HttpUtil.isKeepAlive(head);
            waiting.head(head.status().code(), head.headers());
        }
        if (message instanceof HttpContent piece) {
            try {
                waiting.piece(piece.content());
            } catch (IOException tooLong) {
                fail(tooLong);
                return;
            }
        }
        if (message instanceof LastHttpContent) {
            receiver = null;
            if (lasting) {
                read(true);
                free.accept(this);
            } else {
                close(channel);
            }
            waiting.end();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof IdleStateEvent && receiver == null) {
            close(channel);
        }
        super.userEventTriggered(context, event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new IOException("the connection to " + server + " was closed before there was a whole answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause);
    }

    private void fail(Throwable cause) {
        Receiver<?> waiting = receiver;
        receiver = null;
        if (waiting != null) {
            waiting.failed(
                    cause instanceof IOException io
                            ? io
                            : new IOException("no answer from " + server + ": " + cause, cause));
        }
        close(channel);
    }
}
