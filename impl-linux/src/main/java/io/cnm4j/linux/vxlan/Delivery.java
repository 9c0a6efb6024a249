package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.NativeMemory;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.codec.Frame;
import io.cnm4j.linux.vxlan.codec.TcpMerge;
import java.nio.ByteBuffer;

/**
 * Frames on their way into a TAP device: TCP segments that follow each other are joined, then written with one writev(2). What is
 * held refers to the memory it came in, and is written out by {@link #flush} before that is used again. Of one thread.
 *
 * <pre>
 * struct virtio_net_hdr 0       1          2        4          6            8
 *                      | flags | gso type | header | gso size | csum start | csum offset |
 * </pre>
 */
final class Delivery {
    static final int HEADER = 10;
    static final int NEEDS_CSUM = 1;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    static final int GSO_ECN = 0x80;

    private static final int VECTOR = 16;

    private final NativeMemory header = NativeMemory.structures(16);
    private final NativeMemory vectors = NativeMemory.structures(80 * VECTOR);
    private final TcpMerge merge = new TcpMerge();
    private final Counters counters;
    private final int tap;
    private final int mtu;
    private int used; // vectors; 0 if nothing is held

    Delivery(int tap, int mtu, Counters counters) {
        this.tap = tap;
        this.mtu = mtu;
        this.counters = counters;
        vectors.octets().putLong(0, header.address()).putLong(8, HEADER);
    }

    /**
     * Takes a frame.
     *
     * @param octets holds it
     * @param frame is at it
     * @param base address of the first octet of {@code octets}
     */
    void take(ByteBuffer octets, Frame frame, long base) {
        if (used > 0) {
            if (merge.join(octets, frame)) {
                int payload = frame.start() + merge.headers();
                vector(base + payload, frame.packetEnd() - payload);
                if (merge.isComplete()) {
                    flush();
                }
                return;
            }
            flush();
        }
        if (frame.end() - frame.network() > mtu) {
            large(octets, frame, base);
        } else if (merge.begin(octets, frame)) {
            used = 1;
            vector(base + frame.start(), merge.length());
            if (merge.isComplete()) {
                flush();
            }
        } else {
            boolean unfinished = TcpMerge.isUnfinished(octets, frame);
            write(frame, base, unfinished ? NEEDS_CSUM : 0, 0, 0, 0);
        }
    }

    /** A kernel on the same machine sends frames that were never cut: their size is for us to say. */
    private void large(ByteBuffer octets, Frame frame, long base) {
        int tcp = frame.transport();
        boolean whole = frame.protocol() == Frame.TCP && tcp >= 0 && TcpMerge.isUnfinished(octets, frame);
        int headers = whole ? tcp - frame.start() + ((octets.get(tcp + 12) >> 2) & 0x3c) : 0;
        int size = mtu - headers + frame.network() - frame.start();
        if (!whole || size < 1 || headers >= frame.length()) {
            counters.drop(Drop.TOO_BIG);
            return;
        }
        int type = frame.version() == 4 ? GSO_TCPV4 : GSO_TCPV6;
        write(frame, base, NEEDS_CSUM, type, headers, size);
    }

    private void write(Frame frame, long base, int flags, int type, int headers, int size) {
        int start = flags == 0 ? 0 : frame.transport() - frame.start();
        int field = frame.protocol() == Frame.TCP ? 16 : 6;
        head(flags, type, headers, size, start, flags == 0 ? 0 : field);
        used = 1;
        vector(base + frame.start(), frame.length());
        send(frame.length());
    }

    private void vector(long address, int length) {
        vectors.octets().putLong(used * VECTOR, address).putLong(used * VECTOR + 8, length);
        used++;
    }

    private void head(int flags, int type, int headers, int size, int start, int field) {
        ByteBuffer into = header.octets();
        into.put(0, (byte) flags)
                .put(1, (byte) type)
                .putShort(2, (short) headers)
                .putShort(4, (short) size);
        into.putShort(6, (short) start).putShort(8, (short) field);
    }

    /** Writes what is held. */
    void flush() {
        if (used == 0) {
            return;
        }
        boolean joined = merge.segments() > 1;
        int type = merge.version() == 4 ? GSO_TCPV4 : GSO_TCPV6;
        merge.finish(); // it was checked here: the receiver need not do so again
        head(
                NEEDS_CSUM,
                joined ? type : 0,
                joined ? merge.headers() : 0,
                joined ? merge.size() : 0,
                merge.transport(),
                16);
        send(merge.length());
    }

    private void send(int length) {
        long written = CALLS.writev(tap, vectors.address(), used);
        used = 0;
        if (written < 0) {
            counters.drop(Drop.REFUSED);
        } else {
            counters.add(Counters.FRAMES_IN, 1);
            counters.add(Counters.OCTETS_IN, length);
        }
    }
}
