package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;

/**
 * The header of RFC 7348, section 5.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|R|R|R|I|R|R|R|            Reserved                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                VXLAN Network Identifier (VNI) |   Reserved    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class VxlanHeader {
    /** Its octets. */
    public static final int LENGTH = 8;
    /** The UDP port that IANA assigned. */
    public static final int PORT = 4789;
    /** The largest VNI. */
    public static final int MAX_VNI = (1 << 24) - 1;

    static final long FLAG_I = 0x0800_0000_0000_0000L;
    private static final long ALL_BUT_VNI = 0xffff_ffff_0000_00ffL;

    private VxlanHeader() {}

    /**
     * Writes a header.
     *
     * @param vni 0 to {@link #MAX_VNI}
     */
    public static void write(ByteBuffer packet, int offset, int vni) {
        packet.putLong(offset, FLAG_I | (long) vni << 8);
    }

    /**
     * Returns the VNI, or {@link Drop#BAD_FLAGS}. Reserved bits must be 0, as for the kernel's device (vxlan_rcv in
     * drivers/net/vxlan/vxlan_core.c); RFC 7348 would ignore them.
     */
    public static long vni(ByteBuffer packet, int offset) {
        long header = packet.getLong(offset);
        return (header & ALL_BUT_VNI) == FLAG_I ? (header & 0xffff_ff00L) >>> 8 : Drop.BAD_FLAGS.code();
    }
}
