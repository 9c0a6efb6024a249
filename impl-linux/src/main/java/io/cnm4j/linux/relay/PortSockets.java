package io.cnm4j.linux.relay;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.spi.plan.HeldPorts;
import java.util.HashMap;
import java.util.Map;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** Sockets that hold ports of the host. Called on threads in the host namespace. Thread-safe. */
public final class PortSockets implements AutoCloseable {
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int BACKLOG = 4096; // somaxconn of the host is the limit
    private static final int OPTION = 64; // in the scratch page, behind an address

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
    public synchronized void hold(HeldPorts ports) {
        int done = 0;
        try {
            for (int i = 0; i < ports.mapping().ports().count(); i++) {
                Key key = key(ports, i);
                if (!sockets.containsKey(key)) {
                    sockets.put(key, serving(key, ports, i));
                }
                done++;
            }
        } catch (RuntimeException failure) {
            for (int i = 0; i < done; i++) {
                release(key(ports, i));
            }
            throw failure;
        }
    }

    private int serving(Key key, HeldPorts ports, int index) {
        int fd = open(key);
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
        return fd;
    }

    /** Lets the ports go, those that are held. */
    public synchronized void release(HeldPorts ports) {
        for (int i = 0; i < ports.mapping().ports().count(); i++) {
            release(key(ports, i));
        }
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

    private static int open(Key key) {
        int type = key.protocol == TransportProtocol.UDP ? SOCK_DGRAM : SOCK_STREAM;
        int number = key.protocol.number();
        int fd = CALLS.socket(SocketAddressOctets.family(key.address), type | SOCK_NONBLOCK_CLOEXEC, number);
        if (fd < 0) {
            int errno = LibC.errno();
            if (key.protocol == TransportProtocol.SCTP && errno != Errno.EMFILE) {
                return -1; // this kernel has no SCTP sockets: no other program can have the port either
            }
            throw failed("socket(" + key.protocol + ")", errno);
        }
        int errno = bind(fd, key);
        if (errno != 0) {
            CALLS.close(fd);
            throw refused(key, errno);
        }
        return fd;
    }

    private static int bind(int fd, Key key) {
        if (key.protocol
                != TransportProtocol.UDP) { // it listens, so another one that says the same does not get it either
            option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        }
        if (SocketAddressOctets.family(key.address) == SocketAddressOctets.AF_INET6) {
            option(fd, IPPROTO_IPV6, IPV6_V6ONLY, key.both ? 0 : 1);
        }
        Pointer page = Scratch.page();
        int length = SocketAddressOctets.write(page, key.address, key.port);
        if (CALLS.bind(fd, page.address(), length) != 0) {
            return LibC.errno();
        }
        return key.protocol != TransportProtocol.UDP && CALLS.listen(fd, BACKLOG) != 0 ? LibC.errno() : 0;
    }

    private static void option(int fd, int level, int name, int value) {
        Pointer page = Scratch.page();
        page.putInt(OPTION, value);
        CALLS.setsockopt(fd, level, name, page.address() + OPTION, Integer.BYTES);
    }

    private static RuntimeException refused(Key key, int errno) {
        return switch (errno) {
            case Errno.EADDRINUSE ->
                new PortInUseException(
                        key.protocol,
                        key.address,
                        key.port,
                        PortOwner.of(key.protocol, key.port).orElse("another program"));
            case Errno.EADDRNOTAVAIL ->
                new InvalidRequestException(
                        "host address " + key.address + " of published port " + key.port + "/" + key.protocol
                                + " is not an address of this host; choose one that 'ip address' shows, or none");
            default -> failed("bind(" + key.protocol + ", " + key.address + ", " + key.port + ")", errno);
        };
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
