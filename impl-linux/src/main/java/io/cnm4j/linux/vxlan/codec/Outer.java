package io.cnm4j.linux.vxlan.codec;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * The headers in front of the frames that one endpoint sends another for one VNI, made once and written with a few stores. The
 * frame stays where it is; the octets before it are overwritten. Immutable.
 *
 * <pre>
 * IPv4  0     6     12  14                34    42       50
 *      | to  | from |type| IPv4            | UDP | VXLAN  | frame ...
 * IPv6  0     6     12  14                54    62       70
 *      | to  | from |type| IPv6            | UDP | VXLAN  | frame ...
 * </pre>
 *
 * Over IPv4 the UDP checksum is 0 (RFC 7348 section 5); over IPv6 it covers everything. The IPv4 identification is 0, as packets
 * are never to be cut up (RFC 6864).
 */
public final class Outer {
    /** Octets before the frame over IPv4. */
    public static final int IPV4_LENGTH = 50;
    /** Octets before the frame over IPv6. */
    public static final int IPV6_LENGTH = 70;

    private static final int UDP_AND_VXLAN = 16;

    private final boolean ipv4;
    private final ByteBuffer template; // the constants below, for the last octets
    private final long word0;
    private final long word1;
    private final long word2;
    private final long word3;
    private final long word4;
    private final long word5;
    private final long word6;
    private final long word7;
    private final long sum; // of what never changes: the IPv4 header, or the IPv6 pseudo header with UDP and VXLAN

    /**
     * Makes the headers.
     *
     * @param to MAC of the next hop
     * @param from MAC of the interface it leaves by
     * @param local address of this endpoint
     * @param remote address of the other, of the same family
     * @param port UDP port of the other
     * @param vni 0 to 16,777,215
     * @throws InvalidRequestException if families differ, or port or VNI are out of range
     */
    public Outer(MacAddress to, MacAddress from, IpAddress local, IpAddress remote, int port, int vni) {
        if (local.family() != remote.family()) {
            throw new InvalidRequestException("the endpoints " + local + " and " + remote
                    + " are of two families; give both one address of each");
        }
        if (port < 1 || port > 65_535 || vni < 0 || vni > VxlanHeader.MAX_VNI) {
            throw new InvalidRequestException("port=" + port + " vni=" + vni
                    + " is out of range; ports are 1 to 65535, VNIs 0 to " + VxlanHeader.MAX_VNI);
        }
        ipv4 = local.family() == Family.IPV4;
        ByteBuffer head = ByteBuffer.allocate(72);
        head.put(to.octets()).put(from.octets());
        if (ipv4) {
            head.putShort((short) Frame.IPV4)
                    .put((byte) 0x45)
                    .put((byte) 0)
                    .putInt(0)
                    .putShort((short) 0x4000);
            head.put((byte) 64).put((byte) Frame.UDP).putShort((short) 0);
        } else {
            head.putShort((short) Frame.IPV6).putInt(0x6000_0000).putShort((short) 0);
            head.put((byte) Frame.UDP).put((byte) 64);
        }
        head.put(local.octets()).put(remote.octets()).putShort((short) 0).putShort((short) port);
        VxlanHeader.write(head, head.position() + 4, vni);
        template = head;
        word0 = head.getLong(0);
        word1 = head.getLong(8);
        word2 = head.getLong(16);
        word3 = head.getLong(24);
        word4 = head.getLong(32);
        word5 = head.getLong(40);
        word6 = head.getLong(48);
        word7 = head.getLong(56);
        sum = ipv4 ? Checksum.sum(head, 14, 20) : Checksum.sum(head, 22, 48) + Frame.UDP;
    }

    /** Returns the octets it puts before a frame. */
    public int length() {
        return ipv4 ? IPV4_LENGTH : IPV6_LENGTH;
    }

    /**
     * Writes the headers before a frame and returns where the packet begins.
     *
     * @param packet has {@link #length} octets before the frame
     * @param frame where the frame begins
     * @param length its octets, 14 to 65,000
     * @param sourcePort such as {@link FlowHash#port}
     */
    public int write(ByteBuffer packet, int frame, int length, int sourcePort) {
        return ipv4 ? write4(packet, frame, length, sourcePort) : write6(packet, frame, length, sourcePort);
    }

    /** Does so for a group of frames; the source port is that of each one's flow. */
    public void writeAll(ByteBuffer packets, int[] frames, int[] lengths, int count) {
        for (int i = 0; i < count; i++) {
            int port = FlowHash.port(FlowHash.of(packets, frames[i], lengths[i]));
            write(packets, frames[i], lengths[i], port);
        }
    }

    private int write4(ByteBuffer packet, int frame, int length, int sourcePort) {
        int at = frame - IPV4_LENGTH;
        int udp = length + UDP_AND_VXLAN;
        int total = udp + 20;
        packet.putLong(at, word0);
        packet.putLong(at + 8, word1);
        packet.putLong(at + 16, word2 | (long) total << 48);
        packet.putLong(at + 24, word3 | (long) Checksum.of(sum + total) << 48);
        packet.putLong(at + 32, word4 | (long) sourcePort << 32 | udp);
        packet.putLong(at + 40, word5);
        packet.putShort(at + 48, (short) (word6 >>> 48));
        return at;
    }

    private int write6(ByteBuffer packet, int frame, int length, int sourcePort) {
        int at = frame - IPV6_LENGTH;
        int udp = length + UDP_AND_VXLAN;
        int checksum = Checksum.ofUdp(sum + sourcePort + 2L * udp + Checksum.sum(packet, frame, length));
        packet.putLong(at, word0);
        packet.putLong(at + 8, word1);
        packet.putLong(at + 16, word2 | (long) udp << 32);
        packet.putLong(at + 24, word3);
        packet.putLong(at + 32, word4);
        packet.putLong(at + 40, word5);
        packet.putLong(at + 48, word6 | sourcePort);
        packet.putLong(at + 56, word7 | (long) udp << 32 | (long) checksum << 16);
        packet.putInt(at + 64, template.getInt(64));
        packet.putShort(at + 68, template.getShort(68));
        return at;
    }
}
