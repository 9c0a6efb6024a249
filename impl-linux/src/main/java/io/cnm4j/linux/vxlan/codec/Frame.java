package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;

/**
 * A cursor over one Ethernet frame: where its headers begin. Used again for the next frame; not thread-safe.
 *
 * <pre>
 *  octets   0        6        12     14 (18 and 22 with one and two 802.1Q tags)
 *          | to     | from   | type | IPv4, IPv6, ARP ...
 * </pre>
 */
public final class Frame {
    /** Octets of an Ethernet header without tags. */
    public static final int ETHERNET = 14;
    /** EtherType of IPv4. */
    public static final int IPV4 = 0x0800;
    /** EtherType of ARP. */
    public static final int ARP = 0x0806;
    /** EtherType of IPv6. */
    public static final int IPV6 = 0x86dd;
    /** Protocol number of TCP. */
    public static final int TCP = 6;
    /** Protocol number of UDP. */
    public static final int UDP = 17;
    /** Protocol number of ICMP for IPv6. */
    public static final int ICMPV6 = 58;

    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;
    private static final int MOST_TAGS = 2;
    private static final int MOST_EXTENSIONS = 8;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION = 60;

    private int start;
    private int end;
    private int type;
    private int network;
    private int version;
    private int protocol;
    private int transport;
    private int packetEnd;

    /** Makes a cursor that is at no frame. */
    public Frame() {}

    /**
     * Goes to a frame. What follows a sound Ethernet header and is not sound IP leaves {@link #version} 0.
     *
     * @param offset where it begins
     * @param length its octets
     * @return whether it has an Ethernet header
     */
    public boolean read(ByteBuffer octets, int offset, int length) {
        start = offset;
        end = offset + length;
        version = 0;
        protocol = -1;
        transport = -1;
        packetEnd = end;
        if (length < ETHERNET) {
            return false;
        }
        network = offset + ETHERNET;
        type = octets.getShort(offset + 12) & 0xffff;
        for (int tags = 0; type == VLAN || type == SERVICE_VLAN; tags++) {
            if (tags == MOST_TAGS || network + 4 > end) {
                return tags == MOST_TAGS;
            }
            type = octets.getShort(network + 2) & 0xffff;
            network += 4;
        }
        if (type == IPV4) {
            ipv4(octets);
        } else if (type == IPV6) {
            ipv6(octets);
        }
        return true;
    }

    private void ipv4(ByteBuffer octets) {
        if (end - network < 20) {
            return;
        }
        int first = octets.get(network) & 0xff;
        int header = (first & 15) * 4;
        int total = octets.getShort(network + 2) & 0xffff;
        if (first >>> 4 != 4 || header < 20 || total < header || total > end - network) {
            return;
        }
        version = 4;
        packetEnd = network + total;
        protocol = octets.get(network + 9) & 0xff;
        if ((octets.getShort(network + 6) & 0x3fff) == 0) { // neither an offset nor more to come
            transport = network + header;
        }
    }

    private void ipv6(ByteBuffer octets) {
        if (end - network < 40 || (octets.get(network) & 0xf0) != 0x60) {
            return;
        }
        int payload = octets.getShort(network + 4) & 0xffff;
        if (payload > end - network - 40) {
            return;
        }
        version = 6;
        packetEnd = network + 40 + payload;
        int next = octets.get(network + 6) & 0xff;
        int at = network + 40;
        for (int i = 0; i < MOST_EXTENSIONS; i++) {
            if (next != HOP_BY_HOP && next != ROUTING && next != DESTINATION) {
                protocol = next;
                transport = next == FRAGMENT ? -1 : at;
                return;
            }
            int length = at + 8 > packetEnd ? Integer.MAX_VALUE : ((octets.get(at + 1) & 0xff) + 1) * 8;
            if (length > packetEnd - at) {
                return;
            }
            next = octets.get(at) & 0xff;
            at += length;
        }
    }

    /** Returns where the frame begins. */
    public int start() {
        return start;
    }

    /** Returns the octet behind the frame. */
    public int end() {
        return end;
    }

    /** Returns its octets. */
    public int length() {
        return end - start;
    }

    /** Returns the EtherType behind all tags. */
    public int type() {
        return type;
    }

    /** Returns where the octets behind the EtherType begin. */
    public int network() {
        return network;
    }

    /** Returns 4 or 6 for a sound IP header, else 0. */
    public int version() {
        return version;
    }

    /** Returns the transport protocol of an IP packet; negative if not known. */
    public int protocol() {
        return protocol;
    }

    /** Returns where the transport header begins; negative for fragments and all that is not IP. */
    public int transport() {
        return transport;
    }

    /** Returns the octet behind the IP packet, at most {@link #end}; what is between is Ethernet padding. */
    public int packetEnd() {
        return packetEnd;
    }

    /** Returns the MAC it is for, in the lower 48 bits. */
    public static long destination(ByteBuffer octets, int frame) {
        return octets.getLong(frame) >>> 16;
    }

    /** Returns the MAC it is from, in the lower 48 bits. */
    public static long source(ByteBuffer octets, int frame) {
        return octets.getLong(frame + 6) >>> 16;
    }

    /** Tells whether a MAC is a group address: broadcast or multicast. */
    public static boolean isGroup(long mac) {
        return (mac & 0x0100_0000_0000L) != 0;
    }
}
