package io.cnm4j.linux.dns;

import io.cnm4j.api.NameListener;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The name servers of one controller. Loops are started with the first. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
public final class NameServers implements AutoCloseable {
    private static final int LONGEST_QUESTION = 1536;
    private static final int QUESTIONS_AT_ONCE = 32;
    private static final int DOMAIN = 53;
    private static final int TRIES = 32;
    private static final int EADDRINUSE = 98;

    private final NameDirectory names;
    private final NamespaceWorkers workers;
    private final Witness witness;
    private final Map<NamespaceRef, Open> open = new ConcurrentHashMap<>();
    private @Nullable Loops loops; // guarded by this

    /** Sockets of a sandbox. */
    private record Open(int port, Channel datagrams, Channel streams, Forwarder forwarder) {}

    /**
     * Makes those of nobody who wants to know.
     *
     * @param names what is answered
     * @param workers threads that can enter sandboxes
     */
    public NameServers(NameDirectory names, NamespaceWorkers workers) {
        this(names, workers, Optional.empty());
    }

    /**
     * @param names what is answered
     * @param workers threads that can enter sandboxes
     * @param listener told of answers
     */
    public NameServers(NameDirectory names, NamespaceWorkers workers, Optional<NameListener> listener) {
        this.names = names;
        this.witness = new Witness(listener);
        this.workers = workers;
    }

    /** Returns the port of the server in a sandbox, if there is one. */
    public OptionalInt port(NamespaceRef namespace) {
        Open there = open.get(namespace);
        return there == null ? OptionalInt.empty() : OptionalInt.of(there.port);
    }

    /**
     * Opens a server inside a sandbox, if there is none. On a worker.
     *
     * @param descriptor returns one of the namespace, which stays the caller's
     * @param wish the port to have; the next free one if it is taken. 53 is had or not
     * @return its port
     * @throws KernelException if no port can be had
     */
    public int open(NamespaceRef namespace, IntSupplier descriptor, int wish) {
        Open there = open.get(namespace);
        if (there != null) {
            return there.port;
        }
        Forwarder forwarder = loops().next();
        var server = new SandboxServer(namespace, names, forwarder);
        int tries = wish == DOMAIN ? 1 : TRIES;
        for (int port = wish; port < wish + tries; port++) {
            Open made = bound(namespace, descriptor.getAsInt(), forwarder, server, port);
            if (made != null) {
                open.put(namespace, made);
                return port;
            }
        }
        throw new KernelException(
                "bind " + ServeNames.ADDRESS + ":" + wish + " in " + namespace,
                EADDRINUSE,
                "EADDRINUSE",
                "",
                "processes there have these ports and " + tries
                        + " from there on; see which, with ss -lunt, and end them");
    }

    private synchronized Loops loops() {
        if (loops == null) {
            loops = new Loops(workers, witness);
        }
        return loops;
    }

    private static @Nullable Open bound(
            NamespaceRef namespace, int descriptor, Forwarder forwarder, SandboxServer server, int port) {
        EventLoop loop = forwarder.loop();
        Channel[] made = NamespaceWorkers.inside(namespace, descriptor, () -> new Channel[] {
            new EpollDatagramChannel(SocketProtocolFamily.INET), new EpollServerSocketChannel(SocketProtocolFamily.INET)
        });
        Channel datagrams = made[0];
        Channel streams = made[1];
        datagrams.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LONGEST_QUESTION);
        datagrams.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(LONGEST_QUESTION * QUESTIONS_AT_ONCE));
        streams.config().setOption(ChannelOption.SO_REUSEADDR, true);
        datagrams.pipeline().addLast(new DatagramFace(server));
        streams.pipeline().addLast(new Acceptor(server, loop));
        var address = new InetSocketAddress(ServeNames.ADDRESS, port);
        boolean bound = onLoop(loop, () -> {
            forwarder.sockets().serve(namespace);
            return bind(loop, datagrams, address) && bind(loop, streams, address);
        });
        var open = new Open(port, datagrams, streams, forwarder);
        if (!bound) {
            end(namespace, open);
        }
        return bound ? open : null;
    }

    private static <T> T onLoop(EventLoop loop, Callable<T> task) {
        return loop.submit(task).syncUninterruptibly().getNow();
    }

    private static boolean bind(EventLoop loop, Channel channel, InetSocketAddress address) {
        loop.register(channel).syncUninterruptibly(); // done: this is the loop
        return channel.bind(address).isSuccess();
    }

    private static void end(NamespaceRef namespace, Open open) {
        var channels = new ArrayList<Channel>(List.of(open.datagrams, open.streams));
        onLoop(open.forwarder.loop(), () -> {
            channels.addAll(open.forwarder.sockets().leave(namespace));
            channels.forEach(channel -> close(channel));
            return true;
        });
        channels.forEach(channel -> channel.closeFuture().awaitUninterruptibly());
    }

    private static void close(Channel channel) {
        if (channel.isRegistered()) {
            channel.close();
        } else {
            channel.unsafe().closeForcibly();
        }
    }

    /** Ends the server of a sandbox, if there is one; its descriptors are closed when this returns. */
    public void close(NamespaceRef namespace) {
        Open there = open.remove(namespace);
        if (there != null) {
            end(namespace, there);
        }
    }

    /** Ends all servers and the loops. */
    @Override
    public void close() {
        open.keySet().forEach(this::close);
        Loops running;
        synchronized (this) {
            running = loops;
            loops = null;
        }
        if (running != null) {
            running.close();
        }
    }
}
