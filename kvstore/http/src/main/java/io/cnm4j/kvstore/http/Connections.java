package io.cnm4j.kvstore.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Connections to servers, kept for the next call, and the one thread that serves them: it starts with the first call and has ended, and
 * closed all, when {@link #close} returns. Thread-safe.
 */
final class Connections implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2000;
    private static final int KEPT_SECONDS = 60; // what has no call for so long may be dead behind a firewall

    private static final String CLOSED = "the connections are closed";

    private final @Nullable SSLContext tls;
    private final Executor resolvers;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    private final Set<Receiver<?>> calls = ConcurrentHashMap.newKeySet(); // that have no answer
    private final Map<String, Deque<Connection>> kept = new HashMap<>(); // the loop's

    /**
     * @param name of the thread
     * @param tls null for none
     * @param resolvers where names of servers are looked up, which may take long
     */
    Connections(String name, @Nullable SSLContext tls, Executor resolvers) {
        this.tls = tls;
        this.resolvers = resolvers;
        this.group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
        this.loop = group.next();
    }

    /**
     * Makes a call.
     *
     * @param server host and port
     * @param timeout how long the future may take
     */
    <T> CompletableFuture<T> send(String server, Servers.Call call, Receiver<T> receiver, Duration timeout) {
        CompletableFuture<T> answer = receiver.answer;
        calls.add(receiver);
        try {
            Future<?> limit = loop.schedule(
                    () -> receiver.failed(new IOException("no answer from " + server + " within " + timeout)),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            var unused = answer.whenComplete((done, failure) -> {
                limit.cancel(false);
                calls.remove(receiver);
                if (failure != null) {
                    receiver.hangUp();
                }
            });
            loop.execute(() -> begin(server, call, receiver));
        } catch (RejectedExecutionException closed) {
            calls.remove(receiver);
            receiver.failed(new IOException(CLOSED, closed));
        }
        return answer;
    }

    /** Runs a task on another thread after a delay; never, if this is closed by then. */
    void later(Duration delay, Executor where, Runnable task) {
        try {
            Future<?> unused = loop.schedule(() -> where.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            return; // as it says
        }
    }

    private void begin(String server, Servers.Call call, Receiver<?> receiver) {
        Deque<Connection> mine = kept.getOrDefault(server, new ArrayDeque<>());
        for (Connection last = mine.pollLast(); last != null; last = mine.pollLast()) {
            if (last.isOpen()) {
                last.begin(call, receiver);
                return;
            }
        }
        on(resolvers, receiver, () -> find(server, call, receiver));
    }

    private void find(String server, Servers.Call call, Receiver<?> receiver) {
        int colon = server.lastIndexOf(':');
        var address = new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
        if (address.isUnresolved()) {
            receiver.failed(new ConnectException("no address is known of " + address.getHostString()));
            return;
        }
        on(loop, receiver, () -> connect(server, address, call, receiver));
    }

    private void connect(String server, InetSocketAddress address, Servers.Call call, Receiver<?> receiver) {
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        set(channel, server, address);
                    }
                })
                .connect(address)
                .addListener((ChannelFuture made) -> {
                    if (made.isSuccess()) {
                        made.channel().pipeline().get(Connection.class).begin(call, receiver);
                    } else {
                        receiver.failed(refused(server, made.cause()));
                    }
                });
    }

    private static void on(Executor executor, Receiver<?> receiver, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException closed) {
            receiver.failed(new IOException(CLOSED, closed));
        }
    }

    private static ConnectException refused(String server, Throwable cause) {
        if (cause instanceof ConnectException refused) {
            return refused;
        }
        var refused = new ConnectException("no connection to " + server + ": " + cause);
        refused.initCause(cause);
        return refused;
    }

    private void set(Channel channel, String server, InetSocketAddress address) {
        open.add(channel);
        if (tls != null) {
            SSLEngine engine = tls.createSSLEngine(address.getHostString(), address.getPort());
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the names that RFC 2818 has
            engine.setSSLParameters(parameters);
            var handler = new SslHandler(engine);
            handler.setHandshakeTimeoutMillis(0); // the call has its own
            channel.pipeline().addLast(handler);
        }
        channel.pipeline()
                .addLast(new HttpClientCodec())
                .addLast(new IdleStateHandler(0, 0, KEPT_SECONDS))
                .addLast(new Connection(channel, server, this::keep));
    }

    private void keep(Connection connection) {
        kept.computeIfAbsent(connection.server(), server -> new ArrayDeque<>()).addLast(connection);
    }

    /** Breaks off all calls. Idempotent. Not to be called by the thread that tells receivers. */
    @Override
    public void close() {
        open.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        calls.forEach(call -> call.failed(new IOException(CLOSED))); // which had no connection yet
    }
}
