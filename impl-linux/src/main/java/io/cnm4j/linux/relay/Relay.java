package io.cnm4j.linux.relay;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.loop.EventLoops;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what reaches held ports to their containers: one thread waits for clients, one event loop moves the octets, however many ports
 * there are. The loop is started for the first client. Both threads are born in the network namespace of the thread that makes it. Thread-safe.
 */
final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final int CLOEXEC = 0x80000;
    private static final int NONBLOCK_CLOEXEC = 0x800 | CLOEXEC;
    private static final int CTL_ADD = 1;
    private static final int EPOLLIN = 1;
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final int EVENT = PACKED ? 12 : 16; // struct epoll_event
    private static final int EVENT_DATA = PACKED ? 4 : 8;
    private static final int EVENTS = 64; // taken at once
    private static final int AT_ONCE = 64; // clients or datagrams of one port, before the others have their turn
    private static final int MOST =
            8192; // clients of all ports: a flood of them leaves descriptors to the rest of the process
    private static final long PAUSE = 10_000_000; // ns
    private static final long CLOSE_SECONDS = 5;

    private final Map<Integer, Port> ports = new HashMap<>(); // by descriptor; guarded by this
    private final Datagram incoming = new Datagram();
    private final Datagram outgoing = new Datagram(); // guarded by this
    private final Pointer buffer = Memory.allocateDirect(LibC.runtime(), UdpSessions.LARGEST);
    private final Pointer event = Memory.allocateDirect(LibC.runtime(), EVENT, true); // guarded by this
    private final int epoll;
    private final int wakeRead;
    private final int wakeWrite;
    private final Thread thread;
    private @Nullable EventLoopGroup loop; // started for the first client; guarded by this
    private final AtomicInteger clients = new AtomicInteger();
    private volatile boolean full; // no descriptor was free for the last client
    private volatile boolean closed;

    /** A held port and where its clients go. */
    private static final class Port {
        private final TransportProtocol protocol;
        private final IpAddress address;
        private final int number;
        private @Nullable UdpSessions sessions; // made for the first client

        Port(TransportProtocol protocol, IpAddress address, int number) {
            this.protocol = protocol;
            this.address = address;
            this.number = number;
        }

        InetSocketAddress target() {
            return new InetSocketAddress(address.toInetAddress(), number);
        }
    }

    /** Starts it, on a thread in the host namespace. */
    Relay() {
        this.epoll = CALLS.epoll_create1(CLOEXEC);
        if (epoll < 0) {
            throw Errno.failed("epoll_create1", LibC.errno());
        }
        if (CALLS.pipe2(event.address(), CLOEXEC) != 0) {
            int errno = LibC.errno();
            CALLS.close(epoll);
            throw Errno.failed("pipe2", errno);
        }
        this.wakeRead = event.getInt(0);
        this.wakeWrite = event.getInt(Integer.BYTES);
        follow(wakeRead, event);
        this.thread = daemon(this::serve, "cnm4j-relay");
        thread.start();
    }

    /** Called by the thread that waits for clients: the loop's thread is born where that one is. */
    private synchronized EventLoopGroup loop() {
        if (loop == null) {
            ThreadFactory threads = task -> daemon(task, "cnm4j-relay-loop");
            loop = EventLoops.of(1, threads);
        }
        return loop;
    }

    private static Thread daemon(Runnable task, String name) {
        var made = new Thread(task, name);
        made.setDaemon(true);
        return made;
    }

    private void follow(int fd, Pointer event) {
        event.putInt(0, EPOLLIN);
        event.putInt(EVENT_DATA, fd);
        if (CALLS.epoll_ctl(epoll, CTL_ADD, fd, event.address()) != 0) {
            throw Errno.failed("epoll_ctl", LibC.errno());
        }
    }

    /** Serves the clients of a socket from now on. */
    synchronized void serve(int fd, TransportProtocol protocol, IpAddress target, int port) {
        ports.put(fd, new Port(protocol, target, port));
        try {
            follow(fd, event);
        } catch (RuntimeException failure) {
            ports.remove(fd);
            throw failure;
        }
    }

    /** Closes a socket; TCP connections that it accepted go on until the relay ends. */
    synchronized void close(int fd) {
        Port port = ports.remove(fd);
        CALLS.close(fd);
        if (port != null && port.sessions != null) {
            port.sessions.close();
        }
    }

    private void serve() {
        Pointer events = Memory.allocateDirect(LibC.runtime(), EVENT * EVENTS, true);
        try {
            while (!closed) {
                int ready = CALLS.epoll_wait(epoll, events.address(), EVENTS, -1);
                for (int i = 0; i < ready && !closed; i++) {
                    take(events.getInt((long) i * EVENT + EVENT_DATA));
                }
                if (full) {
                    full = false;
                    LockSupport.parkNanos(PAUSE); // who waits is told of again at once, but no descriptor is free
                }
                if (ready < 0 && LibC.errno() != Errno.EINTR) {
                    throw Errno.failed("epoll_wait", LibC.errno());
                }
            }
        } catch (RuntimeException | Error failure) {
            LOG.error("the relay of published ports ends; what the firewall translates still works", failure);
        }
    }

    private synchronized void take(int fd) {
        Port port = ports.get(fd);
        if (port == null) {
            return; // closed meanwhile, or the wake-up
        }
        for (int i = 0; i < AT_ONCE; i++) {
            boolean more = port.protocol == TransportProtocol.UDP
                    ? sessions(fd, port).receive(fd, incoming, buffer)
                    : accept(fd, port);
            if (!more) {
                return;
            }
        }
    }

    private UdpSessions sessions(int fd, Port port) {
        if (port.sessions == null) {
            port.sessions = new UdpSessions(
                    this::loop,
                    (octets, length, client) -> answer(fd, octets, length, client),
                    port.target(),
                    clients,
                    MOST);
        }
        return port.sessions;
    }

    private boolean accept(int fd, Port port) {
        int client = CALLS.accept4(fd, 0, 0, NONBLOCK_CLOEXEC);
        if (client < 0) {
            full = LibC.errno() == Errno.EMFILE;
            return false;
        }
        if (clients.incrementAndGet() > MOST) {
            clients.decrementAndGet();
            CALLS.close(client);
        } else {
            TcpPump.start(client, port.target(), loop(), clients::decrementAndGet);
        }
        return true;
    }

    /** Sends an answer from a port that is still held. */
    private synchronized void answer(int fd, long octets, int length, ClientAddress client) {
        if (ports.containsKey(fd)) {
            outgoing.send(fd, octets, length, client);
        }
    }

    @Override
    public void close() {
        closed = true;
        CALLS.close(wakeWrite); // epoll sees the end of the pipe
        boolean interrupted = false;
        while (thread.isAlive() && !interrupted) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // it ends by itself
            }
        }
        CALLS.close(wakeRead);
        CALLS.close(epoll);
        endLoop();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void endLoop() {
        if (loop != null) {
            loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
