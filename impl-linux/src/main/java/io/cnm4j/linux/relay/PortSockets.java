package io.cnm4j.linux.relay;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Sockets;
import io.cnm4j.spi.plan.HeldPorts;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Sockets that hold ports of the host. Called on threads in the host namespace. Thread-safe. */
public final class PortSockets implements AutoCloseable {
    private static final int BACKLOG = 4096; // somaxconn of the host is the limit

    private final Map<Key, Integer> sockets = new HashMap<>(); // descriptors; guarded by this
    private @Nullable Relay relay; // started for the first port, ends with this; guarded by this

    private record Key(TransportProtocol protocol, IpAddress address, int port, boolean both) {}

    /** Makes an empty one. */
    public PortSockets() {}

    /** Tells whether all of these ports are held. */
    public synchronized boolean holds(HeldPorts ports) {
        for (int i = 0; i < ports.mapping().ports().count(); i++) {
            if (!sockets.containsKey(key(ports, i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Holds the ports that are not held yet; all of them or none.
     *
     * @throws PortInUseException if another program has one
     * @throws InvalidRequestException if the address is not the host's
     */
    public void hold(HeldPorts ports) {
        Optional<Key> taken = tried(ports);
        if (taken.isPresent()) { // who has it takes a walk through all processes: nobody else waits for that
            Key key = taken.orElseThrow();
            throw new PortInUseException(
                    key.protocol,
                    key.address,
                    key.port,
                    PortOwner.of(key.protocol, key.port).orElse("another program"));
        }
    }

    /** Holds all of them, or none and returns the one that is taken. */
    private synchronized Optional<Key> tried(HeldPorts ports) {
        int done = 0;
        try {
            for (int i = 0; i < ports.mapping().ports().count(); i++) {
                Key key = key(ports, i);
                if (!sockets.containsKey(key)) {
                    OptionalInt fd = serving(key, ports, i);
                    if (fd.isEmpty()) {
                        release(ports, done);
                        return Optional.of(key);
                    }
                    sockets.put(key, fd.getAsInt());
                }
                done++;
            }
            return Optional.empty();
        } catch (RuntimeException failure) {
            release(ports, done);
            throw failure;
        }
    }

    private void release(HeldPorts ports, int count) {
        for (int i = 0; i < count; i++) {
            release(key(ports, i));
        }
    }

    /** Returns the descriptor, -1 where there is nothing to hold; empty if another program has the port. */
    private OptionalInt serving(Key key, HeldPorts ports, int index) {
        OptionalInt opened = open(key);
        int fd = opened.orElse(-1);
        if (fd >= 0 && key.protocol != TransportProtocol.SCTP) {
            try {
                if (relay == null) {
                    relay = new Relay();
                }
                relay.serve(
                        fd,
                        key.protocol,
                        ports.target(),
                        ports.mapping().container().ports().at(index));
            } catch (RuntimeException failure) {
                CALLS.close(fd);
                throw failure;
            }
        }
        return opened;
    }

    /** Lets the ports go, those that are held. */
    public synchronized void release(HeldPorts ports) {
        release(ports, ports.mapping().ports().count());
    }

    private void release(Key key) {
        Integer fd = sockets.remove(key);
        if (fd != null && fd >= 0) {
            close(fd);
        }
    }

    private static Key key(HeldPorts ports, int index) {
        return new Key(
                ports.mapping().protocol(),
                ports.mapping().address(),
                ports.mapping().ports().at(index),
                ports.both());
    }

    private static OptionalInt open(Key key) {
        int type = key.protocol == TransportProtocol.UDP ? Sockets.SOCK_DGRAM : Sockets.SOCK_STREAM;
        int number = key.protocol.number();
        int fd = CALLS.socket(Sockets.family(key.address), type | Sockets.NONBLOCK_CLOEXEC, number);
        if (fd < 0) {
            int errno = LibC.errno();
            if (key.protocol == TransportProtocol.SCTP && errno != Errno.EMFILE) {
                return OptionalInt.of(-1); // this kernel has no SCTP sockets: no other program can have the port either
            }
            throw failed("socket(" + key.protocol + ")", errno);
        }
        int errno = bind(fd, key);
        if (errno != 0) {
            CALLS.close(fd);
            if (errno == Errno.EADDRINUSE) {
                return OptionalInt.empty();
            }
            throw refused(key, errno);
        }
        return OptionalInt.of(fd);
    }

    private static int bind(int fd, Key key) {
        boolean listens = key.protocol != TransportProtocol.UDP;
        if (listens) { // so that another one that says the same does not get it either
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        }
        if (key.address.family() == Family.IPV6) {
            Sockets.option(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, key.both ? 0 : 1);
        }
        int errno = Sockets.bind(fd, key.address, key.port);
        return errno == 0 && listens && CALLS.listen(fd, BACKLOG) != 0 ? LibC.errno() : errno;
    }

    private static RuntimeException refused(Key key, int errno) {
        return errno == Errno.EADDRNOTAVAIL
                ? new InvalidRequestException("host address " + key.address + " of published port " + key.port + "/"
                        + key.protocol + " is not an address of this host; choose one that 'ip address' shows, or none")
                : failed("bind(" + key.protocol + ", " + key.address + ", " + key.port + ")", errno);
    }

    private static KernelException failed(String call, int errno) {
        return new KernelException(call, errno, Errno.name(errno), "", advice(errno));
    }

    private static String advice(int errno) {
        return errno == Errno.EACCES
                ? "ports below net.ipv4.ip_unprivileged_port_start need CAP_NET_BIND_SERVICE"
                : Errno.advice(errno);
    }

    private void close(int fd) {
        if (relay == null) {
            CALLS.close(fd);
        } else {
            relay.close(fd);
        }
    }

    /** Lets all ports go and ends the relay. */
    @Override
    public synchronized void close() {
        sockets.values().stream().filter(fd -> fd >= 0).forEach(this::close);
        sockets.clear();
        if (relay != null) {
            relay.close();
            relay = null;
        }
    }
}
