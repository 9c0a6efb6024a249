package io.cnm4j.linux.vxlan;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link ForwardingTable} says at one moment. Immutable; look-ups allocate nothing. Not for use outside this library. */
public final class Forwarding {
    static final Forwarding EMPTY = new Forwarding(Map.of(), Map.of(), List.of(), java.util.Set.of());

    private static final long USED = 1L << 63;
    private static final long MAPPED = 0xffff_0000_0000L; // IPv4 as ::ffff:a.b.c.d
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private final long[] macs;
    private final Vtep[] behind;
    private final long[] addresses; // high, low, MAC with the mark; three for each slot
    private final long[] peers; // high, low; two for each slot
    private final boolean[] peerUsed;
    private final Vtep[] flood;

    Forwarding(Map<Long, Vtep> macs, Map<IpAddress, Long> neighbours, List<Vtep> flood, java.util.Set<Vtep> known) {
        this.macs = new long[slots(macs.size())];
        this.behind = new Vtep[this.macs.length];
        macs.forEach((mac, vtep) -> {
            int at = slot(mac, this.macs.length);
            while (this.macs[at] != 0) {
                at = (at + 1) & (this.macs.length - 1);
            }
            this.macs[at] = mac | USED;
            behind[at] = vtep;
        });
        this.addresses = new long[3 * slots(neighbours.size())];
        neighbours.forEach((address, mac) -> {
            long low = low(address);
            int size = addresses.length / 3;
            int at = slot(address.high() ^ low, size);
            while (addresses[3 * at + 2] != 0) {
                at = (at + 1) & (size - 1);
            }
            addresses[3 * at] = address.high();
            addresses[3 * at + 1] = low;
            addresses[3 * at + 2] = mac | USED;
        });
        this.peerUsed = new boolean[slots(known.size())];
        this.peers = new long[2 * peerUsed.length];
        for (Vtep vtep : known) {
            long low = low(vtep.address());
            int at = slot(vtep.address().high() ^ low, peerUsed.length);
            while (peerUsed[at]) {
                at = (at + 1) & (peerUsed.length - 1);
            }
            peerUsed[at] = true;
            peers[2 * at] = vtep.address().high();
            peers[2 * at + 1] = low;
        }
        this.flood = flood.toArray(new Vtep[0]);
    }

    private static int slots(int entries) {
        return Math.max(4, Integer.highestOneBit(Math.max(1, entries)) * 4);
    }

    private static int slot(long key, int slots) {
        long hash = key * MIX;
        return (int) (hash ^ (hash >>> 32)) & (slots - 1);
    }

    static long low(IpAddress address) {
        return address.family() == Family.IPV4 ? address.low() | MAPPED : address.low();
    }

    /** Returns the low half under which an IPv4 address is found; the high half is 0. */
    public static long mapped(int ipv4) {
        return MAPPED | (ipv4 & 0xffff_ffffL);
    }

    /** Returns the endpoint that a MAC is behind; null if it is behind none that is known. */
    public @Nullable Vtep vtep(long mac) {
        long key = mac | USED;
        for (int at = slot(mac, macs.length); macs[at] != 0; at = (at + 1) & (macs.length - 1)) {
            if (macs[at] == key) {
                return behind[at];
            }
        }
        return null;
    }

    /** Returns the MAC of an address; negative if it is not known. */
    public long mac(long high, long low) {
        int size = addresses.length / 3;
        int at = slot(high ^ low, size);
        while (addresses[3 * at + 2] != 0) {
            if (addresses[3 * at] == high && addresses[3 * at + 1] == low) {
                return addresses[3 * at + 2] & ~USED;
            }
            at = (at + 1) & (size - 1);
        }
        return -1;
    }

    /** Tells whether there is an endpoint at an address. */
    public boolean isPeer(long high, long low) {
        int at = slot(high ^ low, peerUsed.length);
        while (peerUsed[at]) {
            if (peers[2 * at] == high && peers[2 * at + 1] == low) {
                return true;
            }
            at = (at + 1) & (peerUsed.length - 1);
        }
        return false;
    }

    /** Returns how many endpoints get what is for all. */
    public int floodSize() {
        return flood.length;
    }

    /**
     * Returns an endpoint that gets what is for all.
     *
     * @param i from 0
     */
    public Vtep flood(int i) {
        return flood[i];
    }

    @Override
    public String toString() {
        return "Forwarding[macs=" + Arrays.stream(macs).filter(mac -> mac != 0).count() + ", flood="
                + Arrays.toString(flood) + "]";
    }
}
