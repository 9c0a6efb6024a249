package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.NativeMemory;
import io.cnm4j.linux.vxlan.codec.Drop;
import java.nio.ByteBuffer;

/**
 * Datagrams that came together: one recvmmsg(2), each message one datagram or a run of datagrams of one size that the kernel joined
 * (UDP_GRO). Of one thread.
 */
final class Inbox {
    static final int SLOT = 1 << 16;

    private static final int MESSAGES = 8; // few: in the processor's cache until they are delivered
    private static final int MESSAGE = 64; // see Outbox
    private static final int NAME = 32;
    private static final int CONTROL = 32;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;

    private final NativeMemory messages = NativeMemory.structures(MESSAGES * MESSAGE);
    private final NativeMemory vectors = NativeMemory.structures(MESSAGES * 16);
    private final NativeMemory names = NativeMemory.frames(MESSAGES * NAME);
    private final NativeMemory controls = NativeMemory.structures(MESSAGES * CONTROL);
    private final NativeMemory frames = NativeMemory.frames(MESSAGES * SLOT);
    private final Counters counters;
    private int count;

    Inbox(Counters counters) {
        this.counters = counters;
        for (int i = 0; i < MESSAGES; i++) {
            vectors.octets().putLong(i * 16, frames.address() + (long) i * SLOT).putLong(i * 16 + 8, SLOT);
            ByteBuffer message = messages.octets();
            message.putLong(i * MESSAGE, names.address() + (long) i * NAME);
            message.putLong(i * MESSAGE + 16, vectors.address() + i * 16L).putLong(i * MESSAGE + 24, 1);
            message.putLong(i * MESSAGE + 32, controls.address() + (long) i * CONTROL);
        }
        count = MESSAGES;
    }

    /** Takes what has come, without waiting, and returns how many messages that is. */
    int receive(int socket) {
        for (int i = 0; i < count; i++) { // the kernel wrote the lengths of what came last
            messages.octets().putInt(i * MESSAGE + 8, NAME).putLong(i * MESSAGE + 40, CONTROL);
        }
        count = Math.max(0, CALLS.recvmmsg(socket, messages.address(), MESSAGES, MSG_DONTWAIT, 0));
        return count;
    }

    /** Returns the memory that the datagrams are in. */
    NativeMemory frames() {
        return frames;
    }

    /** Returns where a message is. */
    int offset(int message) {
        return message * SLOT;
    }

    /** Returns its octets; 0 if it came cut off. */
    int length(int message) {
        if ((messages.octets().getInt(message * MESSAGE + 48) & MSG_TRUNC) != 0) {
            counters.drop(Drop.TOO_BIG);
            return 0;
        }
        return messages.octets().getInt(message * MESSAGE + 56);
    }

    /** Returns the octets of each datagram but the last in a message. */
    int datagram(int message) {
        ByteBuffer control = controls.octets();
        int at = message * CONTROL;
        boolean joined = messages.octets().getLong(message * MESSAGE + 40) >= 20
                && control.getInt(at + 8) == UdpSocket.SOL_UDP
                && control.getInt(at + 12) == UdpSocket.UDP_GRO;
        return joined ? Math.max(1, control.getInt(at + 16)) : SLOT;
    }

    /** Returns the high half of the address it came from: 0 for IPv4. */
    long sourceHigh(int message) {
        return isIpv4(message) ? 0 : names.octets().getLong(message * NAME + 8);
    }

    /** Returns the low half of it. */
    long sourceLow(int message) {
        return isIpv4(message)
                ? Forwarding.mapped(names.octets().getInt(message * NAME + 4))
                : names.octets().getLong(message * NAME + 16);
    }

    private boolean isIpv4(int message) {
        return messages.octets().getInt(message * MESSAGE + 8) == 16;
    }
}
