package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;

/**
 * Finds the frame in a packet from the wire. The answer is one number: a {@link Drop} if negative, else
 *
 * <pre>
 *  63      48 47                     24 23             8 7        0
 * |    0     |          VNI            | frame's octets | headers  |
 * </pre>
 */
public final class Inner {
    private static final long LOW = 0xffff_ffffL;
    private static final int UDP_HEADER = 8;
    private static final int LEAST = UDP_HEADER + VxlanHeader.LENGTH + Frame.ETHERNET;

    private Inner() {}

    /**
     * Checks everything outside the frame and finds it.
     *
     * @param packet holds an Ethernet frame at {@code offset}
     * @param length its octets
     * @param port the UDP port of this endpoint
     */
    public static long find(ByteBuffer packet, int offset, int length, int port) {
        if (length < Frame.ETHERNET + 20 + LEAST) {
            return Drop.TRUNCATED.code();
        }
        int type = packet.getShort(offset + 12) & 0xffff;
        int ip = offset + Frame.ETHERNET;
        if (type == Frame.IPV4) {
            return ipv4(packet, ip, length - Frame.ETHERNET, port);
        }
        return type == Frame.IPV6 ? ipv6(packet, ip, length - Frame.ETHERNET, port) : Drop.NOT_UDP.code();
    }

    private static long ipv4(ByteBuffer packet, int ip, int available, int port) {
        long first = packet.getLong(ip); // version, length, service, total, identification, flags, offset
        long second = packet.getLong(ip + 8); // TTL, protocol, checksum, source
        int header = (int) (first >>> 54) & 0x3c;
        int total = (int) (first >>> 32) & 0xffff;
        if (first >>> 60 != 4 || (second >>> 48 & 0xff) != Frame.UDP) {
            return Drop.NOT_UDP.code();
        }
        if (header < 20 || total > available || total < header + LEAST) {
            return Drop.TRUNCATED.code();
        }
        if ((first & 0x3fff) != 0) {
            return Drop.FRAGMENT.code();
        }
        long sum = (first >>> 32) + (first & LOW) + (second >>> 32) + (second & LOW);
        sum += header == 20 ? packet.getInt(ip + 16) & LOW : Checksum.sum(packet, ip + 16, header - 16);
        if (Checksum.fold(sum) != 0xffff) {
            return Drop.BAD_CHECKSUM.code();
        }
        return udp(packet, ip, 4, ip + header, total - header, port);
    }

    private static long ipv6(ByteBuffer packet, int ip, int available, int port) {
        int payload = packet.getShort(ip + 4) & 0xffff;
        int next = packet.get(ip + 6) & 0xff;
        if ((packet.get(ip) & 0xf0) != 0x60) {
            return Drop.NOT_UDP.code();
        }
        if (next != Frame.UDP) {
            return (next == 44 ? Drop.FRAGMENT : Drop.NOT_UDP).code();
        }
        if (available < 40 + LEAST || payload > available - 40 || payload < LEAST) {
            return Drop.TRUNCATED.code();
        }
        return udp(packet, ip, 6, ip + 40, payload, port);
    }

    private static long udp(ByteBuffer packet, int ip, int version, int udp, int available, int port) {
        long header = packet.getLong(udp); // source and destination port, length, checksum
        int length = (int) (header >>> 16) & 0xffff;
        if (length > available || length < LEAST) {
            return Drop.TRUNCATED.code();
        }
        if ((header >>> 32 & 0xffff) != port) {
            return Drop.FOREIGN_PORT.code();
        }
        boolean unchecked = version == 4 && (header & 0xffff) == 0; // RFC 8200 8.1 wants one over IPv6
        if (!unchecked && !checks(packet, ip, version, udp, length)) {
            return Drop.BAD_CHECKSUM.code();
        }
        long vni = VxlanHeader.vni(packet, udp + UDP_HEADER);
        if (Drop.isDrop(vni)) {
            return vni;
        }
        int headers = udp + UDP_HEADER + VxlanHeader.LENGTH - ip + Frame.ETHERNET;
        return vni << 24 | (long) (length - UDP_HEADER - VxlanHeader.LENGTH) << 8 | headers;
    }

    private static boolean checks(ByteBuffer packet, int ip, int version, int udp, int length) {
        long sum = Checksum.pseudo(packet, ip, version, Frame.UDP, length) + Checksum.sum(packet, udp, length);
        return packet.getShort(udp + 6) != 0 && Checksum.fold(sum) == 0xffff;
    }

    /** Finds the frames in a group of packets; answers go to {@code found}. */
    public static void findAll(ByteBuffer packets, int[] offsets, int[] lengths, int count, int port, long[] found) {
        for (int i = 0; i < count; i++) {
            found[i] = find(packets, offsets[i], lengths[i], port);
        }
    }

    /** Returns how many octets lie before the frame. */
    public static int headers(long found) {
        return (int) found & 0xff;
    }

    /** Returns the octets of the frame. */
    public static int length(long found) {
        return (int) (found >>> 8) & 0xffff;
    }

    /** Returns its VNI. */
    public static int vni(long found) {
        return (int) (found >>> 24);
    }
}
