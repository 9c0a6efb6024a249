package io.cnm4j.plugin.server;

import io.cnm4j.api.error.ConfigurationException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Listens on a unix socket and answers for its services; Docker's engine finds it by the socket, or by a file that names it. */
public final class PluginServer implements AutoCloseable {
    private static final int MAX_REQUEST = 1 << 20;
    private static final int THREADS = 8;
    private static final int WAITING = 256;

    private final Path socket;
    private final Optional<Path> spec;
    private final EventLoopGroup group;
    private final ThreadPoolExecutor workers;
    private final Channel listening;
    private final ChannelGroup connections;

    private PluginServer(
            Path socket,
            Optional<Path> spec,
            EventLoopGroup group,
            ThreadPoolExecutor workers,
            Channel listening,
            ChannelGroup connections) {
        this.socket = socket;
        this.spec = spec;
        this.group = group;
        this.workers = workers;
        this.listening = listening;
        this.connections = connections;
    }

    /**
     * Starts a server on {@code /run/docker/plugins/NAME.sock}, where the engine looks.
     *
     * @throws ConfigurationException if another server listens there, or the socket cannot be made
     */
    public static PluginServer start(String name, List<PluginService> services) {
        return start(Path.of("/run/docker/plugins", name + ".sock"), Optional.empty(), services);
    }

    /**
     * Starts a server.
     *
     * @param socket where it listens: made with mode 0600, its directory too if it is missing
     * @param spec a {@code NAME.spec} file that is to say where; written now and removed at the end
     * @param services what it offers, at most one of a type
     * @throws ConfigurationException if another server listens there, or the socket cannot be made
     */
    public static PluginServer start(Path socket, Optional<Path> spec, List<PluginService> services) {
        makeRoom(socket);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("cnm4j-plugin-server", true), EpollIoHandler.newFactory());
        var workers = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                new DefaultThreadFactory("cnm4j-plugin-request", true));
        workers.allowCoreThreadTimeOut(true);
        try {
            var connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
            Channel listening = listen(socket, group, connections, new Requests(services, workers));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            if (spec.isPresent()) {
                Files.createDirectories(spec.orElseThrow().toAbsolutePath().getParent());
                Files.writeString(spec.orElseThrow(), "unix://" + socket.toAbsolutePath() + "\n");
            }
            return new PluginServer(socket, spec, group, workers, listening, connections);
        } catch (IOException | RuntimeException failure) {
            stop(group, workers);
            throw new ConfigurationException(
                    "cannot listen on " + socket + ": " + failure + "; see who may write there", failure);
        }
    }

    private static Channel listen(Path socket, EventLoopGroup group, ChannelGroup connections, Requests requests)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_REQUEST, true))
                                .addLast(requests.handler());
                    }
                })
                .bind(new DomainSocketAddress(socket.toString()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause());
        }
        return bound.channel();
    }

    /** Removes a socket to which nobody listens any more. */
    private static void makeRoom(Path socket) {
        try {
            Files.createDirectories(socket.toAbsolutePath().getParent());
            if (!Files.exists(socket)) {
                return;
            }
            if (listens(socket)) {
                throw new ConfigurationException(
                        "somebody listens on " + socket + " already; stop that server, or use another name");
            }
            Files.delete(socket);
        } catch (IOException e) {
            throw new ConfigurationException("cannot listen on " + socket + ": " + e + "; see who may write there", e);
        }
    }

    private static boolean listens(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException nobody) {
            return false;
        }
    }

    /** Returns where it listens. */
    public Path socket() {
        return socket;
    }

    /** Stops listening, lets requests in flight finish for at most 20 s, and removes socket and file. What is served stays. */
    @Override
    public void close() {
        if (group.isShuttingDown()) {
            return;
        }
        listening.close().syncUninterruptibly();
        workers.shutdown();
        try {
            workers.awaitTermination(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.close().syncUninterruptibly(); // a loop that ends leaves some open, and their clients waiting
        stop(group, workers);
        try {
            Files.deleteIfExists(socket);
            if (spec.isPresent()) {
                Files.deleteIfExists(spec.orElseThrow());
            }
        } catch (IOException e) {
            throw new ConfigurationException("cannot remove " + socket + ": " + e + "; remove it by hand", e);
        }
    }

    private static void stop(EventLoopGroup group, ThreadPoolExecutor workers) {
        workers.shutdownNow();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
