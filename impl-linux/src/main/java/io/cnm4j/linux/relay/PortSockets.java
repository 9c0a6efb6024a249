package io.cnm4j.linux.relay;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Sockets;
import io.cnm4j.spi.plan.HeldPorts;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Sockets that hold ports of the host. Called on threads in the host namespace. Thread-safe. */
public final class PortSockets implements AutoCloseable {
    private static final int BACKLOG = 4096; // somaxconn of the host is the limit

    private final Map<Place, Map<Integer, Integer>> sockets = new HashMap<>(); // descriptors by port; guarded by this
    private @Nullable Relay relay; // started for the first port, ends with this; guarded by this

    private record Place(TransportProtocol protocol, IpAddress address, boolean both) {
        static Place of(HeldPorts ports) {
            return new Place(ports.mapping().protocol(), ports.mapping().address(), ports.both());
        }
    }

    /** Makes an empty one. */
    public PortSockets() {}

    /** Tells whether all of these ports are held. */
    public synchronized boolean holds(HeldPorts ports) {
        Map<Integer, Integer> there = sockets.getOrDefault(Place.of(ports), Map.of());
        PortRange range = ports.mapping().ports();
        for (int i = 0; i < range.count(); i++) {
            if (!there.containsKey(range.at(i))) {
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
        OptionalInt taken = tried(ports);
        if (taken.isPresent()) { // who has it takes a walk through all processes: nobody else waits for that
            int port = taken.getAsInt();
            TransportProtocol protocol = ports.mapping().protocol();
            throw new PortInUseException(
                    protocol,
                    ports.mapping().address(),
                    port,
                    PortOwner.of(protocol, port).orElse("another program"));
        }
    }

    /** Holds all of them, or none and returns the one that is taken. */
    private synchronized OptionalInt tried(HeldPorts ports) {
        Place place = Place.of(ports);
        Map<Integer, Integer> there = sockets.computeIfAbsent(place, none -> new HashMap<>());
        PortRange range = ports.mapping().ports();
        int done = 0;
        try {
            while (done < range.count()) {
                int port = range.at(done);
                if (!there.containsKey(port)) {
                    OptionalInt fd = serving(place, ports, done);
                    if (fd.isEmpty()) {
                        release(ports, done);
                        return OptionalInt.of(port);
                    }
                    there.put(port, fd.getAsInt());
                }
                done++;
            }
            return OptionalInt.empty();
        } catch (RuntimeException failure) {
            release(ports, done);
            throw failure;
        }
    }

    /** Lets the ports go, those that are held. */
    public synchronized void release(HeldPorts ports) {
        release(ports, ports.mapping().ports().count());
    }

    private void release(HeldPorts ports, int count) {
        Place place = Place.of(ports);
        Map<Integer, Integer> there = sockets.getOrDefault(place, new HashMap<>());
        for (int i = 0; i < count; i++) {
            Integer fd = there.remove(ports.mapping().ports().at(i));
            if (fd != null && fd >= 0) {
                close(fd);
            }
        }
        if (there.isEmpty()) {
            sockets.remove(place);
        }
    }

    /** Returns the descriptor, -1 where there is nothing to hold; empty if another program has the port. */
    private OptionalInt serving(Place place, HeldPorts ports, int index) {
        OptionalInt opened = open(place, ports.mapping().ports().at(index));
        int fd = opened.orElse(-1);
        if (fd >= 0 && place.protocol != TransportProtocol.SCTP) {
            try {
                if (relay == null) {
                    relay = new Relay();
                }
                relay.serve(
                        fd,
                        place.protocol,
                        ports.target(),
                        ports.mapping().container().ports().at(index));
            } catch (RuntimeException failure) {
                CALLS.close(fd);
                throw failure;
            }
        }
        return opened;
    }

    private static OptionalInt open(Place place, int port) {
        int type = place.protocol == TransportProtocol.UDP ? Sockets.SOCK_DGRAM : Sockets.SOCK_STREAM;
        int number = place.protocol.number();
        int fd = CALLS.socket(Sockets.family(place.address), type | Sockets.NONBLOCK_CLOEXEC, number);
        if (fd < 0) {
            int errno = LibC.errno();
            if (place.protocol == TransportProtocol.SCTP && errno != Errno.EMFILE) {
                return OptionalInt.of(-1); // this kernel has no SCTP sockets: no other program can have the port either
            }
            throw failed("socket(" + place.protocol + ")", errno);
        }
        int errno = bind(fd, place, port);
        if (errno != 0) {
            CALLS.close(fd);
            if (errno == Errno.EADDRINUSE) {
                return OptionalInt.empty();
            }
            throw refused(place, port, errno);
        }
        return OptionalInt.of(fd);
    }

    private static int bind(int fd, Place place, int port) {
        boolean listens = place.protocol != TransportProtocol.UDP;
        if (listens) { // so that another one that says the same does not get it either
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        }
        if (place.address.family() == Family.IPV6) {
            Sockets.option(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, place.both ? 0 : 1);
        }
        int errno = Sockets.bind(fd, place.address, port);
        return errno == 0 && listens && CALLS.listen(fd, BACKLOG) != 0 ? LibC.errno() : errno;
    }

    private static RuntimeException refused(Place place, int port, int errno) {
        return errno == Errno.EADDRNOTAVAIL
                ? new InvalidRequestException(
                        "host address " + place.address + " of published port " + port + "/" + place.protocol
                                + " is not an address of this host; choose one that 'ip address' shows, or none")
                : failed("bind(" + place.protocol + ", " + place.address + ", " + port + ")", errno);
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
        sockets.values()
                .forEach(there -> there.values().stream().filter(fd -> fd >= 0).forEach(this::close));
        sockets.clear();
        if (relay != null) {
            relay.close();
            relay = null;
        }
    }
}
