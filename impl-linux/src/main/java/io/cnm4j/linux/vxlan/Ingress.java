package io.cnm4j.linux.vxlan;

import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.codec.Frame;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** From the network into the devices: every datagram is checked against the tables before it is taken. Of one thread. */
final class Ingress {
    private static final int UDP_HEADER = 8;
    private static final int LEAST = VxlanHeader.LENGTH + Frame.ETHERNET;

    private final Frame frame = new Frame();
    private final Inbox inbox;
    private final Counters counters;
    private final @Nullable Sealing sealing;

    /** @param sealing what decrypts; null for plain VXLAN */
    Ingress(Inbox inbox, Counters counters, @Nullable Sealing sealing) {
        this.inbox = inbox;
        this.sealing = sealing;
        this.counters = counters;
    }

    /** Delivers what has come at the socket; returns how many messages that was. */
    int receive(int socket, Port[] ports) {
        int messages = inbox.receive(socket);
        for (int i = 0; i < messages; i++) {
            int offset = inbox.offset(i);
            int end = offset + inbox.length(i);
            int size = inbox.datagram(i);
            for (; offset < end; offset += size) {
                int length = Math.min(size, end - offset);
                if (sealing == null) {
                    datagram(i, offset, length, ports);
                } else {
                    open(sealing, i, offset, length, ports);
                }
            }
        }
        for (Port port : ports) {
            port.delivery().flush();
        }
        return messages;
    }

    private void open(Sealing seal, int message, int offset, int length, Port[] ports) {
        ByteBuffer octets = inbox.frames().octets();
        long opened = seal.open(octets, offset, length, inbox.sourceHigh(message), inbox.sourceLow(message));
        if (Drop.isDrop(opened)) {
            counters.drop(Drop.of(opened));
        } else {
            datagram(message, offset + UDP_HEADER, (int) opened, ports);
        }
    }

    private void datagram(int message, int offset, int length, Port[] ports) {
        ByteBuffer octets = inbox.frames().octets();
        if (length < LEAST) {
            counters.drop(Drop.TRUNCATED);
            return;
        }
        long vni = VxlanHeader.vni(octets, offset);
        if (Drop.isDrop(vni)) {
            counters.drop(Drop.of(vni));
            return;
        }
        Port port = find(ports, vni);
        if (port == null) {
            counters.drop(Drop.FOREIGN_VNI);
            return;
        }
        Forwarding table = port.table().now();
        long high = inbox.sourceHigh(message);
        long low = inbox.sourceLow(message);
        if (!table.isPeer(high, low)) {
            counters.drop(Drop.UNKNOWN_PEER);
            return;
        }
        int start = offset + VxlanHeader.LENGTH;
        Vtep owner = table.vtep(Frame.source(octets, start));
        if (owner != null && !isAt(owner, high, low)) {
            counters.drop(Drop.SPOOFED);
            return;
        }
        frame.read(octets, start, length - VxlanHeader.LENGTH);
        CaptureRing capture = port.capture();
        if (capture != null) {
            capture.offer(true, octets, start, frame.length());
        }
        port.delivery().take(octets, frame, inbox.frames().address());
    }

    private static @Nullable Port find(Port[] ports, long vni) {
        for (Port port : ports) { // a host has few
            if (port.vni() == vni) {
                return port;
            }
        }
        return null;
    }

    private static boolean isAt(Vtep vtep, long high, long low) {
        return vtep.address().high() == high && Forwarding.low(vtep.address()) == low;
    }
}
