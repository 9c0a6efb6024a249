package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;

/** The Internet checksum: RFC 1071, with incremental update as in RFC 1624. */
public final class Checksum {
    private static final long LOW = 0xffff_ffffL;

    private Checksum() {}

    /**
     * Returns the one's complement sum of the octets, not folded: sums of ranges of even length can be added.
     *
     * @param octets a big-endian buffer
     * @param length 0 to 65,535; an odd last octet counts as the high half of a word
     */
    public static long sum(ByteBuffer octets, int offset, int length) {
        int words = length >> 2;
        long sum = 0;
        // Counted, with one read a turn: the form that the JIT compiler unrolls without checks. By hand it is slower.
        for (int i = 0; i < words; i++) {
            sum += octets.getInt(offset + (i << 2)) & LOW;
        }
        int at = offset + (words << 2);
        if ((length & 2) != 0) {
            sum += octets.getShort(at) & 0xffff;
            at += 2;
        }
        return (length & 1) == 0 ? sum : sum + ((octets.get(at) & 0xff) << 8);
    }

    /**
     * Returns the sum folded into 16 bits, not complemented.
     *
     * @param sum less than 2^48: that of 65,535 octets is
     */
    public static int fold(long sum) {
        long folded = (sum & 0xffff) + (sum >>> 16 & 0xffff) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) ((folded & 0xffff) + (folded >>> 16));
    }

    /** Returns the checksum of a sum: what goes into the header field. */
    public static int of(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /** Returns the checksum of a sum as UDP wants it: 0 means "none" there and is written as 0xffff (RFC 768). */
    public static int ofUdp(long sum) {
        int checksum = of(sum);
        return checksum == 0 ? 0xffff : checksum;
    }

    /**
     * Returns the checksum after one 16-bit word has changed (RFC 1624, equation 3).
     *
     * @param checksum the field as it was
     * @param before the word as it was, 16 bits
     * @param after the word as it is, 16 bits
     */
    public static int update(int checksum, int before, int after) {
        return of((long) (~checksum & 0xffff) + (~before & 0xffff) + (after & 0xffff));
    }

    /**
     * Returns the sum of the pseudo header of TCP or UDP: addresses, protocol and length (RFC 9293 section 3.1, RFC 8200 section 8.1).
     *
     * @param network where the IP header begins
     * @param version 4 or 6
     * @param length octets of transport header and payload
     */
    public static long pseudo(ByteBuffer octets, int network, int version, int protocol, int length) {
        long addresses = version == 4 ? sum(octets, network + 12, 8) : sum(octets, network + 8, 32);
        return addresses + protocol + length;
    }
}
