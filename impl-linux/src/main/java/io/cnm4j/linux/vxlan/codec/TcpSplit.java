package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;

/**
 * Cuts a large TCP frame into those that go over the wire: each gets a copy of the headers with its own length, sequence number,
 * flags, identification and checksums; payloads stay where they are. Used again for the next frame; not thread-safe.
 */
public final class TcpSplit {
    static final int FIN = 0x01;
    static final int PSH = 0x08;
    static final int CWR = 0x80;

    private static final int SEQUENCE = 4;
    static final int FLAGS = 13;
    private static final int CHECKSUM = 16;

    private ByteBuffer octets;
    private int start;
    private int network;
    private int version;
    private int headers;
    private int transport; // from the start of the frame
    private int payload;
    private int end;
    private int size;
    private int segments;
    private int sequence;
    private int flags;
    private int identification;
    private long tcpSum; // of addresses, protocol and the TCP header without sequence number, flags and checksum
    private long ipSum; // of the IPv4 header without length, identification and checksum

    /** Makes one that cuts nothing. */
    public TcpSplit() {
        octets = ByteBuffer.allocate(0);
    }

    /**
     * Begins with a frame.
     *
     * @param octets holds it
     * @param frame is at it
     * @param size octets of payload for each part, at least 1
     * @return whether it is TCP with payload; if not, nothing can be cut
     */
    public boolean begin(ByteBuffer octets, Frame frame, int size) {
        segments = 0;
        if (frame.protocol() != Frame.TCP || frame.transport() < 0 || size < 1) {
            return false;
        }
        int tcp = frame.transport();
        int available = frame.packetEnd() - tcp;
        int header = available < 20 ? 0 : (octets.get(tcp + 12) >> 2) & 0x3c;
        if (header < 20 || header >= available) {
            return false;
        }
        this.octets = octets;
        this.size = size;
        start = frame.start();
        network = frame.network();
        version = frame.version();
        transport = tcp - start;
        payload = tcp + header;
        headers = payload - start;
        end = frame.packetEnd();
        segments = (end - payload + size - 1) / size;
        sequence = octets.getInt(tcp + SEQUENCE);
        flags = octets.get(tcp + FLAGS) & 0xff;
        tcpSum = Checksum.pseudo(octets, network, version, Frame.TCP, 0)
                + Checksum.sum(octets, tcp, SEQUENCE)
                + Checksum.sum(octets, tcp + 8, 4)
                + ((octets.get(tcp + 12) & 0xff) << 8)
                + (octets.getShort(tcp + 14) & 0xffff)
                + Checksum.sum(octets, tcp + 18, header - 18);
        if (version == 4) {
            identification = octets.getShort(network + 4) & 0xffff;
            ipSum = Checksum.sum(octets, network, 2)
                    + Checksum.sum(octets, network + 6, 4)
                    + Checksum.sum(octets, network + 12, tcp - network - 12);
        }
        return true;
    }

    /** Returns into how many it is cut. */
    public int segments() {
        return segments;
    }

    /** Returns the octets of headers in each. */
    public int headers() {
        return headers;
    }

    /** Returns where the payload of a segment is. */
    public int payload(int segment) {
        return payload + segment * size;
    }

    /** Returns the octets of it. */
    public int payloadLength(int segment) {
        return Math.min(size, end - payload(segment));
    }

    /**
     * Writes the headers of a segment.
     *
     * @param segment from 0
     * @param into where they go, {@link #headers} octets from {@code at}; not over the frame itself
     */
    public void write(int segment, ByteBuffer into, int at) {
        int body = payload(segment);
        int length = payloadLength(segment);
        copy(into, at);
        int tcp = at + transport;
        int tcpLength = headers - transport + length;
        int ip = at + network - start;
        if (version == 4) {
            int total = tcp - ip + tcpLength;
            int id = (identification + segment) & 0xffff;
            into.putInt(ip + 2, (total << 16) | id);
            into.putShort(ip + 10, (short) Checksum.of(ipSum + total + id));
        } else {
            into.putShort(ip + 4, (short) (tcp - ip - 40 + tcpLength));
        }
        int mine = flags;
        mine &= segment == 0 ? 0xff : ~CWR;
        mine &= segment == segments - 1 ? 0xff : ~(FIN | PSH);
        int number = sequence + segment * size;
        into.putInt(tcp + SEQUENCE, number);
        into.put(tcp + FLAGS, (byte) mine);
        long sum = tcpSum + (number & 0xffff_ffffL) + mine + tcpLength + Checksum.sum(octets, body, length);
        into.putShort(tcp + CHECKSUM, (short) Checksum.of(sum));
    }

    private void copy(ByteBuffer into, int at) {
        int i = 0;
        for (; i <= headers - 8; i += 8) {
            into.putLong(at + i, octets.getLong(start + i));
        }
        for (; i < headers; i++) {
            into.put(at + i, octets.get(start + i));
        }
    }
}
