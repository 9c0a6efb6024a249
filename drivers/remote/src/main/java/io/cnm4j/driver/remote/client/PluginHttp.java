package io.cnm4j.driver.remote.client;

import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.host.Deadline;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One HTTP POST on a connection of its own. Its one thread starts with the first call and ends with {@link #close}. Thread-safe. */
public final class PluginHttp implements AutoCloseable {
    /** The media type of requests and answers. */
    public static final String MEDIA_TYPE = "application/vnd.docker.plugins.v1.2+json";

    private static final String UNIX_HOST = "plugin.moby.localhost";

    private final int maxAnswer;
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    private @Nullable EventLoopGroup group; // guarded by this
    private boolean closed; // guarded by this

    /** @param maxAnswer the most octets that an answer may have */
    public PluginHttp(int maxAnswer) {
        this.maxAnswer = maxAnswer;
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @throws Unreachable if no connection could be made
     * @throws IOException if there was no whole answer of a bounded size
     * @throws io.cnm4j.api.error.DeadlineException if there was none in time
     */
    HttpAnswer post(PluginAddress address, Method method, byte[] body, Deadline deadline, String waitingFor)
            throws IOException {
        var answer = new CompletableFuture<HttpAnswer>();
        ChannelFuture connecting = bootstrap(address, deadline, answer).connect(target(address));
        try {
            if (!connecting.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.expired(waitingFor + " (no connection)");
            }
            if (!connecting.isSuccess()) {
                throw new Unreachable("no connection to " + address + ": " + connecting.cause(), connecting.cause());
            }
            connecting.channel().writeAndFlush(request(address, method, body)).addListener(sent -> {
                if (!sent.isSuccess()) {
                    answer.completeExceptionally(new IOException("sending failed: " + sent.cause(), sent.cause()));
                }
            });
            return answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw deadline.expired(waitingFor);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw deadline.expired(waitingFor + " (the thread was interrupted)");
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException io ? io : new IOException(failed.getCause());
        } finally {
            connecting.cancel(false);
            close(connecting.channel());
        }
    }

    /** Closes a connection; nothing is to be done if that fails. */
    @SuppressWarnings("FutureReturnValueIgnored")
    static void close(Channel channel) {
        channel.close();
    }

    private Bootstrap bootstrap(PluginAddress address, Deadline deadline, CompletableFuture<HttpAnswer> answer)
            throws IOException {
        boolean unix = address instanceof PluginAddress.Unix;
        TlsEngine tls = address instanceof PluginAddress.Tcp tcp ? TlsEngine.of(tcp) : TlsEngine.NONE;
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, deadline.remainingNanos() / 1_000_000));
        var bootstrap = new Bootstrap()
                .group(group())
                .channel(unix ? EpollDomainSocketChannel.class : EpollSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        tls.addTo(channel);
                        channel.pipeline()
                                .addLast(new HttpClientCodec())
                                .addLast(new HttpObjectAggregator(maxAnswer, true))
                                .addLast(new AnswerHandler(answer, maxAnswer));
                    }
                });
        return unix ? bootstrap : bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis);
    }

    private synchronized EventLoopGroup group() throws IOException {
        if (closed) {
            throw new IOException("the controller is closed");
        }
        EventLoopGroup running = group;
        if (running == null) {
            running = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("cnm4j-plugins", true), EpollIoHandler.newFactory());
            group = running;
        }
        return running;
    }

    private static SocketAddress target(PluginAddress address) {
        if (address instanceof PluginAddress.Tcp tcp) {
            return InetSocketAddress.createUnresolved(tcp.host(), tcp.port());
        }
        return new DomainSocketAddress(((PluginAddress.Unix) address).socket().toString());
    }

    private static FullHttpRequest request(PluginAddress address, Method method, byte[] body) {
        var request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/" + method, Unpooled.wrappedBuffer(body));
        request.headers()
                .set(
                        HttpHeaderNames.HOST,
                        address instanceof PluginAddress.Tcp tcp ? tcp.host() + ":" + tcp.port() : UNIX_HOST)
                .set(HttpHeaderNames.ACCEPT, MEDIA_TYPE)
                .set(HttpHeaderNames.CONTENT_TYPE, MEDIA_TYPE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.USER_AGENT, "cnm4j")
                .set(HttpHeaderNames.CONNECTION, "close");
        return request;
    }

    /** Ends the thread; calls that wait fail. */
    @Override
    public void close() {
        EventLoopGroup running;
        synchronized (this) {
            closed = true;
            running = group;
        }
        connections.close().syncUninterruptibly(); // a loop that ends leaves some open
        if (running != null) {
            running.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
