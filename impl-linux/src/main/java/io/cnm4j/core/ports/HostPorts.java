package io.cnm4j.core.ports;

import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.TransportProtocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who publishes which port of the host. Thread-safe. */
public final class HostPorts {
    private final Map<Space, Map<Integer, List<Holding>>> held = new HashMap<>(); // by port; guarded by this
    private int last; // where the search for a free port goes on; guarded by this

    private record Space(TransportProtocol protocol, Family family) {}

    private record Holding(IpAddress address, String sandbox, String owner) {
        boolean excludes(IpAddress other) {
            return address.isUnspecified() || other.isUnspecified() || address.equals(other);
        }
    }

    /**
     * What is wanted.
     *
     * @param protocol the protocol
     * @param addresses the host's addresses; the ports must be free at all of them
     * @param among the host ports that will do; any free ones if absent
     * @param count how many, one after the other
     */
    public record Wanted(TransportProtocol protocol, List<IpAddress> addresses, Optional<PortRange> among, int count) {
        /** Tells whether other ports than the first would do as well. */
        public boolean hasChoice() {
            return among.isEmpty() || among.orElseThrow().count() > count;
        }
    }

    /** Nobody publishes any. */
    public HostPorts() {}

    /**
     * Takes ports for an endpoint.
     *
     * @param sandbox the endpoint's sandbox; what others in it hold is free for this one
     * @param owner who takes it, for messages
     * @param any those of which one is taken where any will do
     * @param avoid ports that are taken by somebody who does not ask here
     * @return the ports that were taken
     * @throws PortInUseException if there is no choice and another sandbox has one of them
     * @throws ExhaustedException if there is a choice and none is free
     */
    public synchronized PortRange take(
            String sandbox, String owner, Wanted wanted, EphemeralPorts any, Set<Integer> avoid) {
        PortRange free = wanted.hasChoice()
                ? choose(sandbox, owner, wanted, any, avoid)
                : exactly(sandbox, owner, wanted, wanted.among().orElseThrow());
        wanted.addresses().forEach(address -> put(sandbox, owner, wanted.protocol(), address, free));
        return free;
    }

    private PortRange exactly(String sandbox, String owner, Wanted wanted, PortRange ports) {
        for (IpAddress address : wanted.addresses()) {
            Map<Integer, List<Holding>> there = there(wanted.protocol(), address);
            for (int port = ports.first(); port <= ports.last(); port++) {
                Optional<Holding> other = other(sandbox, owner, there, address, port);
                if (other.isPresent()) { // BP-05
                    throw new PortInUseException(
                            wanted.protocol(),
                            address,
                            port,
                            other.orElseThrow().owner());
                }
            }
        }
        return ports;
    }

    private PortRange choose(String sandbox, String owner, Wanted wanted, EphemeralPorts any, Set<Integer> avoid) {
        PortRange range = wanted.among().orElseGet(any::range);
        int places = range.count() - wanted.count() + 1;
        boolean ephemeralPort = wanted.among().isEmpty();
        int start =
                ephemeralPort && last >= range.first() && last < range.last() ? last + 1 - range.first() : 0; // BP-06
        for (int i = 0; i < places; i++) {
            int first = range.first() + (start + i) % places;
            var ports = new PortRange(first, first + wanted.count() - 1);
            if (isFree(sandbox, owner, wanted, ports, any, avoid)) {
                last = ephemeralPort ? ports.last() : last;
                return ports;
            }
        }
        throw new ExhaustedException(
                "no " + wanted.count() + " " + wanted.protocol() + " port(s) one after the other are free among "
                        + range + " at " + wanted.addresses() + "; give a wider range or end what is published there");
    }

    private boolean isFree(
            String sandbox, String owner, Wanted wanted, PortRange ports, EphemeralPorts any, Set<Integer> avoid) {
        for (int port = ports.first(); port <= ports.last(); port++) {
            int one = port;
            if (avoid.contains(port)
                    || any.isReserved(port)
                    || wanted.addresses().stream()
                            .anyMatch(address -> other(sandbox, owner, there(wanted.protocol(), address), address, one)
                                    .isPresent())) {
                return false;
            }
        }
        return true;
    }

    private Map<Integer, List<Holding>> there(TransportProtocol protocol, IpAddress address) {
        return held.computeIfAbsent(new Space(protocol, address.family()), space -> new HashMap<>());
    }

    private static Optional<Holding> other(
            String sandbox, String owner, Map<Integer, List<Holding>> there, IpAddress address, int port) {
        for (Holding holding : there.getOrDefault(port, List.of())) {
            if (holding.excludes(address)
                    && (!holding.sandbox().equals(sandbox) || holding.owner().equals(owner))) {
                return Optional.of(holding);
            }
        }
        return Optional.empty();
    }

    private void put(String sandbox, String owner, TransportProtocol protocol, IpAddress address, PortRange ports) {
        var holding = new Holding(address, sandbox, owner);
        Map<Integer, List<Holding>> there = there(protocol, address);
        for (int port = ports.first(); port <= ports.last(); port++) {
            there.computeIfAbsent(port, key -> new ArrayList<>(1)).add(holding);
        }
    }

    /** Takes back what a record speaks of, whoever else has it. */
    public synchronized void restore(String sandbox, String owner, PortMapping mapping) {
        put(sandbox, owner, mapping.protocol(), mapping.address(), mapping.ports());
    }

    /** Gives ports back, if this owner has them. */
    public synchronized void release(String sandbox, String owner, PortMapping mapping) {
        var holding = new Holding(mapping.address(), sandbox, owner);
        Map<Integer, List<Holding>> there = there(mapping.protocol(), mapping.address());
        for (int port = mapping.ports().first(); port <= mapping.ports().last(); port++) {
            there.computeIfPresent(port, (key, holdings) -> {
                holdings.remove(holding);
                return holdings.isEmpty() ? null : holdings;
            });
        }
    }
}
