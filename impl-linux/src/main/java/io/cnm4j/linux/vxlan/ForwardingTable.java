package io.cnm4j.linux.vxlan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where the frames of one VNI go: MAC to endpoint, address to MAC, and who gets what is for all. Nothing is learned from frames and
 * nothing grows old. Readers see one snapshot and take no lock; a change of many entries swaps it once. Thread-safe.
 */
public final class ForwardingTable {
    private final Map<Long, Vtep> macs = new HashMap<>();
    private final Map<IpAddress, Long> neighbours = new HashMap<>();
    private final Set<Vtep> flood = new LinkedHashSet<>();
    private volatile Forwarding now = Forwarding.EMPTY;

    /** Makes an empty table. */
    public ForwardingTable() {}

    /** Returns what it says now. */
    public Forwarding now() {
        return now;
    }

    /** What a change may do; valid while {@link #change} runs it. */
    public final class Change {
        private Change() {}

        /**
         * Frames for this MAC go to this endpoint, in place of another if there was one.
         *
         * @throws InvalidRequestException if it is a group address
         */
        public Change put(MacAddress mac, Vtep vtep) {
            macs.put(unicast(mac), vtep);
            return this;
        }

        /** Frames for this MAC go nowhere in particular; absent is fine. */
        public Change remove(MacAddress mac) {
            macs.remove(mac.bits());
            return this;
        }

        /**
         * Who asks for this address is told this MAC, without asking further.
         *
         * @throws InvalidRequestException if the MAC is a group address
         */
        public Change neighbour(IpAddress address, MacAddress mac) {
            neighbours.put(address, unicast(mac));
            return this;
        }

        /** Questions for this address are for all; absent is fine. */
        public Change removeNeighbour(IpAddress address) {
            neighbours.remove(address);
            return this;
        }

        /** This endpoint gets what is for all: broadcast, multicast, and MACs that are not known. */
        public Change flood(Vtep vtep) {
            flood.add(vtep);
            return this;
        }

        /** It gets it no more; absent is fine. */
        public Change removeFlood(Vtep vtep) {
            flood.remove(vtep);
            return this;
        }

        /** All that names this endpoint goes: it is dead. */
        public Change removeAll(Vtep vtep) {
            macs.values().removeIf(vtep::equals);
            flood.remove(vtep);
            return this;
        }

        private static long unicast(MacAddress mac) {
            if (mac.isMulticast()) {
                throw new InvalidRequestException(mac
                        + " is a group address; an endpoint's MAC has the lowest bit of its" + " first octet clear");
            }
            return mac.bits();
        }
    }

    /** Tells whether it has an entry. */
    synchronized boolean knows(TunnelOp entry, int port) {
        if (entry instanceof TunnelOp.AddNeighbour neighbour) {
            return Long.valueOf(neighbour.mac().bits()).equals(neighbours.get(neighbour.address()));
        } else if (entry instanceof TunnelOp.AddPeer peer) {
            var vtep = new Vtep(peer.host(), port);
            return peer.mac().equals(MacAddress.NONE)
                    ? flood.contains(vtep)
                    : vtep.equals(macs.get(peer.mac().bits()));
        }
        return false;
    }

    /** Returns its entries as those of a link. */
    synchronized List<TunnelOp> entries(NamespaceRef namespace, String link) {
        var entries = new ArrayList<TunnelOp>();
        macs.forEach(
                (mac, vtep) -> entries.add(new TunnelOp.AddPeer(namespace, link, new MacAddress(mac), vtep.address())));
        neighbours.forEach((address, mac) ->
                entries.add(new TunnelOp.AddNeighbour(namespace, link, address, new MacAddress(mac))));
        flood.forEach(vtep -> entries.add(new TunnelOp.AddPeer(namespace, link, MacAddress.NONE, vtep.address())));
        return entries;
    }

    /** Makes a change of any size; readers see all of it or nothing. If it throws, nothing has changed. */
    public synchronized void change(Consumer<Change> change) {
        var macsBefore = new HashMap<>(macs);
        var neighboursBefore = new HashMap<>(neighbours);
        var floodBefore = new ArrayList<>(flood);
        try {
            change.accept(new Change());
            var known = new HashSet<>(macs.values());
            known.addAll(flood);
            now = new Forwarding(macs, neighbours, new ArrayList<>(flood), known);
        } catch (RuntimeException | Error failure) {
            macs.clear();
            macs.putAll(macsBefore);
            neighbours.clear();
            neighbours.putAll(neighboursBefore);
            flood.clear();
            flood.addAll(floodBefore);
            throw failure;
        }
    }
}
