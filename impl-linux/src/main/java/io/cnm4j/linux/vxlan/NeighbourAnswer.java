package io.cnm4j.linux.vxlan;

import io.cnm4j.linux.vxlan.codec.Checksum;
import io.cnm4j.linux.vxlan.codec.Frame;
import java.nio.ByteBuffer;

/**
 * Answers to ARP requests (RFC 826) and neighbour solicitations (RFC 4861 section 4.3) for addresses that the table knows: they
 * never cross the network.
 *
 * <pre>
 * ARP   0       2       4   5   6       8           14      18          24      28
 *      | hardw.| proto.| 6 | 4 | oper. | sender MAC| sender | target MAC| target|
 * NA    0   1   2       4       8              24  25  26         32
 *      |136| 0 | check | flags | target address | 2 | 1 | MAC      |
 * </pre>
 */
final class NeighbourAnswer {
    private static final long ARP_REQUEST = 0x0001_0800_0604_0001L;
    private static final long ARP_REPLY = 0x0001_0800_0604_0002L;
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int SOLICITED_OVERRIDE = 0x6000_0000;
    private static final int OVERRIDE = 0x2000_0000;
    private static final int NA_LENGTH = 32;
    private static final long ALL_NODES_MAC = 0x3333_0000_0001L;

    private NeighbourAnswer() {}

    /**
     * Writes the answer over a question that the table can answer, and returns its octets; 0 if it is no such question, which then
     * stays as it was. There must be room for 96 octets at the frame's start.
     */
    static int write(ByteBuffer octets, Frame frame, Forwarding table) {
        if (frame.type() == Frame.ARP) {
            return arp(octets, frame, table);
        }
        boolean icmp = frame.version() == 6 && frame.protocol() == Frame.ICMPV6 && frame.transport() >= 0;
        return icmp ? solicitation(octets, frame, table) : 0;
    }

    private static int arp(ByteBuffer octets, Frame frame, Forwarding table) {
        int arp = frame.network();
        if (frame.end() - arp < 28 || octets.getLong(arp) != ARP_REQUEST) {
            return 0;
        }
        int wanted = octets.getInt(arp + 24);
        int asker = octets.getInt(arp + 14);
        long mac = wanted == asker ? -1 : table.mac(0, Forwarding.mapped(wanted)); // equal: it announces itself
        if (mac < 0) {
            return 0;
        }
        long askerMac = octets.getLong(arp + 8) >>> 16;
        putMac(octets, frame.start(), askerMac);
        putMac(octets, frame.start() + 6, mac);
        octets.putLong(arp, ARP_REPLY);
        putMac(octets, arp + 8, mac);
        octets.putInt(arp + 14, wanted);
        putMac(octets, arp + 18, askerMac);
        octets.putInt(arp + 24, asker);
        return arp + 28 - frame.start();
    }

    private static int solicitation(ByteBuffer octets, Frame frame, Forwarding table) {
        int icmp = frame.transport();
        int ip = frame.network();
        boolean question = frame.packetEnd() - icmp >= 24
                && octets.getShort(icmp) == (short) (SOLICITATION << 8)
                && (octets.get(ip + 7) & 0xff) == 255;
        if (!question) {
            return 0;
        }
        long high = octets.getLong(icmp + 8);
        long low = octets.getLong(icmp + 16);
        long mac = table.mac(high, low);
        if (mac < 0) {
            return 0;
        }
        boolean nameless = (octets.getLong(ip + 8) | octets.getLong(ip + 16)) == 0; // it tests an address before use
        putMac(octets, frame.start(), nameless ? ALL_NODES_MAC : octets.getLong(frame.start() + 6) >>> 16);
        putMac(octets, frame.start() + 6, mac);
        octets.putInt(ip + 4, (NA_LENGTH << 16) | (Frame.ICMPV6 << 8) | 255);
        octets.putLong(ip + 24, nameless ? 0xff02_0000_0000_0000L : octets.getLong(ip + 8));
        octets.putLong(ip + 32, nameless ? 1 : octets.getLong(ip + 16));
        octets.putLong(ip + 8, high);
        octets.putLong(ip + 16, low);
        int na = ip + 40;
        octets.putInt(na, ADVERTISEMENT << 24);
        octets.putInt(na + 4, nameless ? OVERRIDE : SOLICITED_OVERRIDE);
        octets.putLong(na + 8, high);
        octets.putLong(na + 16, low);
        octets.putShort(na + 24, (short) 0x0201);
        putMac(octets, na + 26, mac);
        long sum = Checksum.pseudo(octets, ip, 6, Frame.ICMPV6, NA_LENGTH) + Checksum.sum(octets, na, NA_LENGTH);
        octets.putShort(na + 2, (short) Checksum.of(sum));
        return na + NA_LENGTH - frame.start();
    }

    private static void putMac(ByteBuffer octets, int at, long mac) {
        octets.putShort(at, (short) (mac >>> 32));
        octets.putInt(at + 2, (int) mac);
    }
}
