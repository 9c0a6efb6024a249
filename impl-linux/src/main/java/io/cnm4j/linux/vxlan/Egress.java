package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.NativeMemory;
import io.cnm4j.linux.vxlan.codec.Checksum;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.codec.FlowHash;
import io.cnm4j.linux.vxlan.codec.Frame;
import io.cnm4j.linux.vxlan.codec.TcpSplit;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import io.cnm4j.linux.vxlan.esp.EspSender;
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
    private static final int MEMORY = 4 * FRAME_SPACE; // few: in the processor's cache until they have left
    private static final int HEADS = 512 * 192;
    private static final int MOST_FRAMES = 64;
    private static final int GSO_TYPE = 0x7f;

    private final NativeMemory memory = NativeMemory.frames(MEMORY);
    private final NativeMemory heads = NativeMemory.frames(HEADS);
    private final Frame frame = new Frame();
    private final TcpSplit split = new TcpSplit();
    private final Outbox outbox;
    private final Counters counters;
    private final @Nullable Sealing sealing;
    private int at; // where the next frame is read to
    private int headAt;

    /** @param sealing what encrypts; null for plain VXLAN */
    Egress(Outbox outbox, Counters counters, @Nullable Sealing sealing) {
        this.outbox = outbox;
        this.sealing = sealing;
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
        drain();
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
        CaptureRing capture = port.capture();
        if (capture != null) {
            capture.offer(false, octets, start, length);
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
            drain();
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

    private void drain() {
        outbox.drain();
        if (sealing != null) {
            sealing.clear();
        }
    }

    private void send(Vtep vtep, boolean whole) {
        if (!outbox.hasRoom(whole ? 1 : split.segments())) {
            drain();
        }
        if (sealing != null) {
            sealed(sealing, vtep, whole);
        } else {
            plain(vtep, whole);
        }
        counters.add(Counters.FRAMES_OUT, 1);
        counters.add(Counters.OCTETS_OUT, frame.length());
    }

    private void plain(Vtep vtep, boolean whole) {
        int front = VxlanHeader.LENGTH;
        if (whole) {
            outbox.add(vtep, memory.address() + frame.start() - front, frame.length() + front);
            return;
        }
        int head = headAt;
        int length = front + split.headers();
        for (int i = 0; i < split.segments(); i++) {
            long body = memory.address() + split.payload(i);
            outbox.add(vtep, heads.address() + head, length, body, split.payloadLength(i));
            head += length;
        }
    }

    private void sealed(Sealing seal, Vtep vtep, boolean whole) {
        EspSender sender = seal.to(vtep);
        if (sender == null) {
            counters.drop(Drop.NO_KEY);
            return;
        }
        int parts = whole ? 1 : split.segments();
        int front = VxlanHeader.LENGTH + (whole ? 0 : split.headers());
        if (!seal.hasRoom(frame.length() + parts * (front + 8 + EspSender.OVERHEAD))) {
            drain();
        }
        int port = FlowHash.port(FlowHash.of(memory.octets(), frame.start(), frame.length()));
        for (int i = 0; i < parts; i++) {
            int body = whole ? frame.start() : split.payload(i);
            int length = whole ? frame.length() : split.payloadLength(i);
            sender.begin(port, seal.inner(), front + length, 0);
            if (whole) {
                sender.add(memory.octets(), body - front, front + length);
            } else {
                sender.add(heads.octets(), headAt + i * front, front);
                sender.add(memory.octets(), body, length);
            }
            long octets = seal.seal(sender);
            if (Drop.isDrop(octets)) {
                counters.drop(Drop.of(octets));
            } else {
                outbox.add(vtep, seal.taken((int) octets), (int) octets);
            }
        }
    }
}
