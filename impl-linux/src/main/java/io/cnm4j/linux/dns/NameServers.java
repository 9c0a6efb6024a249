package io.cnm4j.linux.dns;

import io.cnm4j.api.NameListener;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The name servers of one controller. Loops are started with the first. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // what a channel could not do shows as its end
public final class NameServers implements AutoCloseable {
    private static final int DOMAIN = 53;
    private static final int TRIES = 32;

    private final NameDirectory names;
    private final NamespaceWorkers workers;
    private final Witness witness;
    private final Map<NamespaceRef, Open> open = new ConcurrentHashMap<>();
    private @Nullable Loops loops; // guarded by this

    /** The server of a sandbox; its faces are there when their loop has them. */
    private record Open(int port, Forwarder forwarder, Future<Faces> faces) {}

    /** What its loop reads. */
    private record Faces(DatagramFace datagrams, Channel streams) {}

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
     * Opens a server inside a sandbox, if there is none. On a worker. Questions wait in its sockets until {@link #ready}.
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
        int tries = wish == DOMAIN ? 1 : TRIES;
        for (int i = 0; i < tries; i++) {
            int port = wish + i;
            Optional<BoundSockets> bound =
                    NamespaceWorkers.inside(namespace, descriptor.getAsInt(), () -> BoundSockets.at(port));
            if (bound.isPresent()) {
                open.put(namespace, served(namespace, port, bound.orElseThrow()));
                return port;
            }
        }
        throw new KernelException(
                "bind " + ServeNames.ADDRESS + ":" + wish + " in " + namespace,
                Errno.EADDRINUSE,
                "EADDRINUSE",
                "",
                "processes there have these ports and " + tries
                        + " from there on; see which, with ss -lunt, and end them");
    }

    /**
     * Waits until the server of a sandbox answers, which takes a moment.
     *
     * @throws KernelException if it cannot; it is closed then
     */
    public void ready(NamespaceRef namespace) {
        Open there = open.get(namespace);
        if (there != null && !there.faces.awaitUninterruptibly().isSuccess()) {
            close(namespace);
            throw new KernelException(
                    "epoll_ctl(EPOLL_CTL_ADD) for the name server in " + namespace,
                    Errno.ENOSPC,
                    "ENOSPC",
                    String.valueOf(there.faces.cause()),
                    "raise fs.epoll.max_user_watches");
        }
    }

    private synchronized Loops loops() {
        if (loops == null) {
            loops = new Loops(workers, witness);
        }
        return loops;
    }

    private Open served(NamespaceRef namespace, int port, BoundSockets bound) {
        Forwarder forwarder = loops().next();
        return new Open(port, forwarder, forwarder.loop().submit(() -> registered(namespace, forwarder, bound)));
    }

    /** Gives the sockets to their loop, on it. */
    private Faces registered(NamespaceRef namespace, Forwarder forwarder, BoundSockets bound) {
        EventLoop loop = forwarder.loop();
        var server = new SandboxServer(namespace, names, forwarder);
        var datagrams = new DatagramFace(new FileDescriptor(bound.datagrams()), server, forwarder.batch());
        var streams = new EpollServerSocketChannel(bound.streams());
        streams.pipeline().addLast(new Acceptor(server, loop));
        forwarder.sockets().serve(namespace);
        try {
            datagrams.begin(
                    forwarder.loop().register(datagrams).syncUninterruptibly().getNow()); // done: this is the loop
            loop.register(streams).syncUninterruptibly();
            return new Faces(datagrams, streams);
        } catch (RuntimeException | Error refused) {
            datagrams.end();
            streams.unsafe().closeForcibly();
            throw refused;
        }
    }

    /**
     * Begins to end the server of a sandbox, if there is one.
     *
     * @return waits until its descriptors are closed
     */
    public Runnable ending(NamespaceRef namespace) {
        Open there = open.remove(namespace);
        if (there == null) {
            return () -> {};
        }
        Future<List<Channel>> closing = there.forwarder.loop().submit(() -> closed(namespace, there));
        return () -> closing.syncUninterruptibly()
                .getNow()
                .forEach(channel -> channel.closeFuture().awaitUninterruptibly());
    }

    /** Closes its sockets, on its loop. */
    private static List<Channel> closed(NamespaceRef namespace, Open open) {
        var channels = new ArrayList<>(open.forwarder.sockets().leave(namespace));
        if (open.faces.isSuccess()) { // the loop has them since before, or never had
            open.faces.getNow().datagrams.end();
            channels.add(open.faces.getNow().streams);
        }
        channels.forEach(Channel::close);
        return channels;
    }

    /** Ends the server of a sandbox, if there is one; its descriptors are closed when this returns. */
    public void close(NamespaceRef namespace) {
        ending(namespace).run();
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
