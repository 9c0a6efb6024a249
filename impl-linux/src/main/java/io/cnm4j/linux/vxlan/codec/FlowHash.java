package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;

/** Which flow a frame belongs to, as a number; the outer source port tells it to routers (RFC 7348, section 5). */
public final class FlowHash {
    private static final int FIRST_PORT = 49_152; // RFC 6335: dynamic ports
    private static final int PORT_BITS = 14;
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private FlowHash() {}

    /**
     * Returns the hash of addresses and ports, or of the MAC addresses where there is no sound IP header. Fragments of a packet
     * have one hash: their ports are not looked at.
     *
     * @param frame where the frame begins
     * @param length its octets, at least 14
     */
    public static int of(ByteBuffer octets, int frame, int length) {
        int ip = frame + Frame.ETHERNET;
        int type = octets.getShort(frame + 12);
        if (type == (short) Frame.IPV4 && length >= 38) {
            return ipv4(octets, ip, frame + length);
        }
        if (type == (short) Frame.IPV6 && length >= 58) {
            long addresses = octets.getLong(ip + 8)
                    ^ Long.rotateLeft(octets.getLong(ip + 16), 17)
                    ^ Long.rotateLeft(octets.getLong(ip + 24), 31)
                    ^ Long.rotateLeft(octets.getLong(ip + 32), 47);
            int next = octets.get(ip + 6) & 0xff;
            return mix(addresses, hasPorts(next) ? octets.getInt(ip + 40) : next);
        }
        return mix(octets.getLong(frame), octets.getInt(frame + 8));
    }

    private static int ipv4(ByteBuffer octets, int ip, int end) {
        long middle = octets.getLong(ip + 6); // flags, offset, TTL, protocol, checksum
        int protocol = (int) (middle >>> 32) & 0xff;
        int transport = ip + ((octets.get(ip) & 15) << 2);
        boolean ports = hasPorts(protocol) && (middle & 0x3fff_0000_0000_0000L) == 0 && transport + 4 <= end;
        return mix(octets.getLong(ip + 12), ports ? octets.getInt(transport) : protocol);
    }

    private static boolean hasPorts(int protocol) {
        return protocol == Frame.TCP || protocol == Frame.UDP || protocol == 132; // SCTP
    }

    private static int mix(long addresses, int ports) {
        long hash = (addresses ^ Long.rotateLeft(ports & 0xffff_ffffL, 29)) * MIX;
        return (int) (((hash ^ (hash >>> 29)) * MIX) >>> 32);
    }

    /** Returns the source port for a hash: 49,152 to 65,535. */
    public static int port(int hash) {
        return FIRST_PORT + (hash >>> (32 - PORT_BITS));
    }
}
