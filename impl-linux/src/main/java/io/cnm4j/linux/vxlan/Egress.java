package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.vxlan.codec.Checksum;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.codec.Frame;
import io.cnm4j.linux.vxlan.codec.TcpSplit;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * From a device to the network: frames are read, answered here or given to the outbox; large ones are cut. Of one thread.
 *
 * <pre>
 * memory   | virtio-net header | frame ...            as it was read
 *          |  | VXLAN header   | frame ...            as it leaves: over the end of the other
 * heads    | VXLAN header | headers of a part |       what leaves before each part of a large frame
 * </pre>
 */
final class Egress {
    private static final int FRAME_SPACE = 66_000;
    private static final int MEMORY = 16 * FRAME_SPACE;
    private static final int HEADS = 512 * 192;
    private static final int MOST_FRAMES = 64;
    private static final int GSO_TYPE = 0x7f;

    private final NativeMemory memory = NativeMemory.frames(MEMORY);
    private final NativeMemory heads = NativeMemory.frames(HEADS);
    private final Frame frame = new Frame();
    private final TcpSplit split = new TcpSplit();
    private final Outbox outbox;
    private final Counters counters;
    private int at; // where the next frame is read to
    private int headAt;

    Egress(Outbox outbox, Counters counters) {
        this.outbox = outbox;
        this.counters = counters;
    }

    /** Reads frames while there are some and there is room for them; returns how many. What they became is in the outbox. */
    int read(Port port) {
        int frames = 0;
        while (frames < MOST_FRAMES && at + FRAME_SPACE <= MEMORY) {
            long length = CALLS.read(port.tap(), memory.address() + at, FRAME_SPACE);
            if (length < 0) {
                break;
            }
            frames++;
            take(port, (int) length - Delivery.HEADER);
        }
        return frames;
    }

    /** Sends what was read; its memory is free then. */
    void send() {
        outbox.drain();
        at = 0;
        headAt = 0;
    }

    private void take(Port port, int length) {
        ByteBuffer octets = memory.octets();
        int header = at;
        int start = at + Delivery.HEADER;
        if (!frame.read(octets, start, length)) {
            counters.drop(Drop.TRUNCATED);
            return;
        }
        Forwarding table = port.table().now();
        int answer = NeighbourAnswer.write(octets, frame, table);
        if (answer > 0) {
            octets.putLong(header, 0).putShort(header + 8, (short) 0);
            CALLS.write(port.tap(), memory.address() + header, Delivery.HEADER + answer);
            counters.add(Counters.ANSWERED, 1);
            return;
        }
        int type = octets.get(header + 1) & GSO_TYPE;
        int size = number(octets, header + 4);
        if (type == 0 && (octets.get(header) & Delivery.NEEDS_CSUM) != 0) {
            finishChecksum(octets, number(octets, header + 6), number(octets, header + 8));
        }
        at = (frame.end() + 63) & ~63;
        if (type == 0) {
            VxlanHeader.write(octets, start - VxlanHeader.LENGTH, port.vni());
            route(table, port, true);
        } else if (split.begin(octets, frame, size) && makeRoom()) {
            route(table, port, false);
        } else {
            counters.drop(Drop.TOO_BIG);
        }
    }

    private boolean makeRoom() {
        int octets = split.segments() * (VxlanHeader.LENGTH + split.headers());
        if (headAt + octets > HEADS || !outbox.hasRoom(split.segments())) {
            outbox.drain();
            headAt = 0;
        }
        return octets <= HEADS && outbox.hasRoom(split.segments());
    }

    private static int number(ByteBuffer octets, int at) {
        short value = octets.getShort(at);
        return (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Short.reverseBytes(value)) & 0xffff;
    }

    private void finishChecksum(ByteBuffer octets, int from, int field) {
        if (from + field + 2 <= frame.length()) {
            int first = frame.start() + from;
            long sum = Checksum.sum(octets, first, frame.end() - first);
            octets.putShort(first + field, (short) (field == 6 ? Checksum.ofUdp(sum) : Checksum.of(sum)));
        }
    }

    private void route(Forwarding table, Port port, boolean whole) {
        long mac = Frame.destination(memory.octets(), frame.start());
        @Nullable Vtep vtep = Frame.isGroup(mac) ? null : table.vtep(mac);
        if (!whole) {
            writeHeads(port.vni());
        }
        if (vtep != null) {
            send(vtep, whole);
        } else if (table.floodSize() == 0) {
            counters.drop(Drop.UNKNOWN_DESTINATION);
        } else {
            flood(table, whole);
        }
        headAt += whole ? 0 : split.segments() * (VxlanHeader.LENGTH + split.headers());
    }

    private void flood(Forwarding table, boolean whole) {
        for (int i = 0; i < table.floodSize(); i++) {
            send(table.flood(i), whole);
        }
    }

    private void writeHeads(int vni) {
        int head = headAt;
        for (int i = 0; i < split.segments(); i++) {
            VxlanHeader.write(heads.octets(), head, vni);
            split.write(i, heads.octets(), head + VxlanHeader.LENGTH);
            head += VxlanHeader.LENGTH + split.headers();
        }
    }

    private void send(Vtep vtep, boolean whole) {
        int front = VxlanHeader.LENGTH;
        if (!outbox.hasRoom(whole ? 1 : split.segments())) {
            outbox.drain();
        }
        if (whole) {
            int first = frame.start() - front;
            outbox.add(vtep, memory.address() + first, frame.length() + front);
        } else {
            int head = headAt;
            int length = front + split.headers();
            for (int i = 0; i < split.segments(); i++) {
                long body = memory.address() + split.payload(i);
                outbox.add(vtep, heads.address() + head, length, body, split.payloadLength(i));
                head += length;
            }
        }
        counters.add(Counters.FRAMES_OUT, 1);
        counters.add(Counters.OCTETS_OUT, frame.length());
    }
}
