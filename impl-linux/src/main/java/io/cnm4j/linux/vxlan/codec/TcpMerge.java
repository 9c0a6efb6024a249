package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;

/**
 * Joins TCP segments that follow each other into one large frame, by the rules of the kernel's GRO (tcp_gro_receive in
 * net/ipv4/tcp_offload.c): headers are equal but for length, sequence number and checksum, each checksum is right, and all but
 * the last are of one size. Payloads stay where they are. Used again for the next frame; not thread-safe.
 */
public final class TcpMerge {
    private static final int ACK = 0x10;
    private static final int MOST_PACKET = 65_535;
    private static final int MOST_SEGMENTS = 64;
    private static final int DONT_FRAGMENT = 0x4000; // DF alone among flags and offset

    private ByteBuffer octets;
    private int start;
    private int network;
    private int version;
    private int transport;
    private int headers;
    private int size;
    private int segments;
    private int length; // of the frame so far
    private int next; // sequence number
    private boolean complete;

    /** Makes one that holds nothing. */
    public TcpMerge() {
        octets = ByteBuffer.allocate(0);
    }

    /**
     * Begins with a frame, which forgets the one before.
     *
     * @return whether others may follow it
     */
    public boolean begin(ByteBuffer octets, Frame frame) {
        int header = dataHeader(octets, frame);
        if (header == 0 || !checks(octets, frame)) {
            return false;
        }
        this.octets = octets;
        start = frame.start();
        network = frame.network() - start;
        version = frame.version();
        transport = frame.transport() - start;
        headers = transport + header;
        length = frame.packetEnd() - start;
        size = length - headers;
        segments = 1;
        next = octets.getInt(frame.transport() + 4) + size;
        complete = (octets.get(frame.transport() + TcpSplit.FLAGS) & TcpSplit.PSH) != 0;
        return true;
    }

    /** Adds a frame if it follows; if not, nothing changes and the frame must wait until this one is delivered. */
    public boolean join(ByteBuffer from, Frame frame) {
        int tcp = frame.transport();
        boolean alike = !complete
                && segments < MOST_SEGMENTS
                && frame.version() == version
                && frame.network() - frame.start() == network
                && tcp - frame.start() == transport
                && dataHeader(from, frame) == headers - transport
                && from.getInt(tcp + 4) == next;
        int payload = frame.packetEnd() - frame.start() - headers;
        if (!alike || payload > size || length - network + payload > MOST_PACKET) {
            return false;
        }
        if (!sameHeaders(from, frame.start()) || !checks(from, frame)) {
            return false;
        }
        int flags = from.get(tcp + TcpSplit.FLAGS);
        segments++;
        length += payload;
        next += payload;
        if (payload < size || (flags & TcpSplit.PSH) != 0) {
            complete = true;
            int at = start + transport + TcpSplit.FLAGS;
            octets.put(at, (byte) (octets.get(at) | (flags & TcpSplit.PSH)));
        }
        return true;
    }

    /** Returns the octets of the TCP header if the frame carries data and nothing but ACK and PSH; else 0. */
    private static int dataHeader(ByteBuffer octets, Frame frame) {
        int tcp = frame.transport();
        if (frame.protocol() != Frame.TCP || tcp < 0 || frame.packetEnd() - tcp < 20) {
            return 0;
        }
        int header = (octets.get(tcp + 12) >> 2) & 0x3c;
        boolean data = (octets.get(tcp + TcpSplit.FLAGS) & ~TcpSplit.PSH) == ACK
                && header >= 20
                && header < frame.packetEnd() - tcp;
        boolean plain = frame.version() == 6
                ? tcp - frame.network() == 40
                : tcp - frame.network() == 20 && octets.getShort(frame.network() + 6) == DONT_FRAGMENT;
        return data && plain ? header : 0;
    }

    private boolean sameHeaders(ByteBuffer from, int other) {
        int ip = network;
        for (int i = 0; i < ip; i += 2) { // Ethernet, with tags
            if (from.getShort(other + i) != octets.getShort(start + i)) {
                return false;
            }
        }
        boolean same = version == 4
                ? from.getShort(other + ip) == octets.getShort(start + ip)
                        && from.getShort(other + ip + 8) == octets.getShort(start + ip + 8)
                        && from.getLong(other + ip + 12) == octets.getLong(start + ip + 12)
                : from.getInt(other + ip) == octets.getInt(start + ip)
                        && from.getShort(other + ip + 6) == octets.getShort(start + ip + 6)
                        && from.getLong(other + ip + 8) == octets.getLong(start + ip + 8)
                        && from.getLong(other + ip + 16) == octets.getLong(start + ip + 16)
                        && from.getLong(other + ip + 24) == octets.getLong(start + ip + 24)
                        && from.getLong(other + ip + 32) == octets.getLong(start + ip + 32);
        int tcp = transport;
        same &= from.getInt(other + tcp) == octets.getInt(start + tcp)
                && from.getInt(other + tcp + 8) == octets.getInt(start + tcp + 8)
                && from.getShort(other + tcp + 14) == octets.getShort(start + tcp + 14);
        for (int i = tcp + 20; i < headers; i += 4) { // options
            same &= from.getInt(other + i) == octets.getInt(start + i);
        }
        return same;
    }

    /** The long sum comes first: where much else is alive the JIT compiler keeps its address and its result in memory. */
    private static boolean checks(ByteBuffer octets, Frame frame) {
        int tcp = frame.transport();
        int length = frame.packetEnd() - tcp;
        long sum = Checksum.sum(octets, tcp, length);
        long pseudo = Checksum.pseudo(octets, frame.network(), frame.version(), Frame.TCP, length);
        boolean right = Checksum.fold(pseudo + sum) == 0xffff || isUnfinished(octets, tcp + 16, pseudo);
        return right && (frame.version() == 6 || Checksum.fold(Checksum.sum(octets, frame.network(), 20)) == 0xffff);
    }

    private static boolean isUnfinished(ByteBuffer octets, int field, long pseudo) {
        return (octets.getShort(field) & 0xffff) == Checksum.fold(pseudo);
    }

    /**
     * Tells whether the transport checksum was left to an offload that never came: it is that of the pseudo header alone. So
     * arrives what a kernel on the same machine sends. As rare by accident as any wrong checksum that looks right.
     */
    public static boolean isUnfinished(ByteBuffer octets, Frame frame) {
        int transport = frame.transport();
        int length = frame.packetEnd() - transport;
        boolean tcp = frame.protocol() == Frame.TCP && length >= 20;
        if (transport < 0 || (!tcp && (frame.protocol() != Frame.UDP || length < 8))) {
            return false;
        }
        long pseudo = Checksum.pseudo(octets, frame.network(), frame.version(), frame.protocol(), length);
        return isUnfinished(octets, transport + (tcp ? 16 : 6), pseudo);
    }

    /** Writes length and checksums for all that was joined; the TCP checksum is left to the receiver's offload. */
    public void finish() {
        int ip = start + network;
        if (version == 4) {
            octets.putShort(ip + 2, (short) (length - network));
            octets.putShort(ip + 10, (short) 0);
            octets.putShort(ip + 10, (short) Checksum.of(Checksum.sum(octets, ip, 20)));
        } else {
            octets.putShort(ip + 4, (short) (length - network - 40));
        }
        long pseudo = Checksum.pseudo(octets, ip, version, Frame.TCP, length - transport);
        octets.putShort(start + transport + 16, (short) Checksum.fold(pseudo));
    }

    /** Returns how many frames were joined. */
    public int segments() {
        return segments;
    }

    /** Returns the payload of each but the last. */
    public int size() {
        return size;
    }

    /** Returns the octets of headers. */
    public int headers() {
        return headers;
    }

    /** Returns where the TCP header is, from the start of the frame. */
    public int transport() {
        return transport;
    }

    /** Returns 4 or 6. */
    public int version() {
        return version;
    }

    /** Returns the octets of the whole. */
    public int length() {
        return length;
    }

    /** Returns whether nothing can follow. */
    public boolean isComplete() {
        return complete;
    }
}
