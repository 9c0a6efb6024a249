package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.NativeMemory;
import io.cnm4j.linux.vxlan.codec.Drop;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that leave together: one sendmmsg(2), in which consecutive ones to one endpoint and of one size are one message that the
 * kernel or the device cuts up (UDP_SEGMENT). Each datagram is one or two ranges of memory that stays as it is until it is sent.
 * Of one thread.
 *
 * <pre>
 * struct mmsghdr 0     8        16   24      32      40          48     56
 *               | name | length | iov | count | control | length | flags | sent |
 * </pre>
 */
final class Outbox {
    private static final int MESSAGES = 64;
    private static final int VECTORS = 1024; // UIO_MAXIOV
    private static final int MESSAGE = 64;
    private static final int VECTOR = 16;
    private static final int CONTROL = 24;
    private static final int CONTROL_LENGTH = 18;
    private static final int MOST_SEGMENTS = 64; // UDP_MAX_SEGMENTS before Linux 6.9
    private static final int MOST_OCTETS = 65_000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int POLLOUT = 4;
    private static final int WAIT_MILLIS = 100;

    private final NativeMemory messages = NativeMemory.structures(MESSAGES * MESSAGE);
    private final NativeMemory vectors = NativeMemory.structures(VECTORS * VECTOR);
    private final NativeMemory names = NativeMemory.structures(MESSAGES * 32);
    private final NativeMemory controls = NativeMemory.structures(MESSAGES * CONTROL);
    private final NativeMemory apart = NativeMemory.structures(MOST_SEGMENTS * MESSAGE);
    private final int[] segment = new int[MESSAGES];
    private final NativeMemory waiting = NativeMemory.structures(8);
    private final Counters counters;
    private final BooleanSupplier stopping;
    private final int socket;

    private int count; // messages
    private int used; // vectors
    private int sent;
    private @Nullable Vtep to; // this and the following: of the message that is open
    private int first; // vector
    private int size; // of each datagram but the last
    private int datagrams;
    private int octets;
    private boolean shorter; // the last datagram is: nothing joins it

    /**
     * @param socket where they leave
     * @param stopping tells whether to give up waiting
     */
    Outbox(int socket, Counters counters, BooleanSupplier stopping) {
        this.socket = socket;
        this.counters = counters;
        this.stopping = stopping;
        waiting.octets().putInt(0, socket).putShort(4, (short) POLLOUT);
        for (int i = 0; i < MESSAGES; i++) {
            ByteBuffer control = controls.octets();
            control.putLong(i * CONTROL, CONTROL_LENGTH);
            control.putInt(i * CONTROL + 8, UdpSocket.SOL_UDP);
            control.putInt(i * CONTROL + 12, UdpSocket.UDP_SEGMENT);
            messages.octets().putLong(i * MESSAGE, names.address() + i * 32L);
        }
    }

    /** Tells whether there is room for so many datagrams to one endpoint, all but the last of one size. */
    boolean hasRoom(int more) {
        int messagesNeeded = 2 + more / (MOST_SEGMENTS / 2);
        return count + messagesNeeded <= MESSAGES && used + 2 * more <= VECTORS;
    }

    /** Adds a datagram of one range. */
    void add(Vtep vtep, long address, int length) {
        begin(vtep, length);
        vector(address, length);
    }

    /** Adds a datagram of two ranges. */
    void add(Vtep vtep, long head, int headLength, long body, int bodyLength) {
        begin(vtep, headLength + bodyLength);
        vector(head, headLength);
        vector(body, bodyLength);
    }

    private void begin(Vtep vtep, int length) {
        boolean joins = vtep.equals(to)
                && !shorter
                && length <= size
                && datagrams < MOST_SEGMENTS
                && octets + length <= MOST_OCTETS;
        if (joins) {
            datagrams++;
            octets += length;
            shorter = length < size;
            return;
        }
        complete();
        int at = count * MESSAGE;
        messages.octets()
                .putInt(at + 8, vtep.writeSocketAddress(names.octets(), count * 32))
                .putLong(at + 16, vectors.address() + (long) used * VECTOR);
        count++;
        to = vtep;
        first = used;
        size = length;
        datagrams = 1;
        octets = length;
        shorter = false;
    }

    private void vector(long address, int length) {
        int at = used++ * VECTOR;
        vectors.octets().putLong(at, address).putLong(at + 8, length);
    }

    /** Writes of the message that is open what was not known before: that nothing more joins it. */
    private void complete() {
        if (count == 0) {
            return;
        }
        int last = count - 1;
        boolean several = datagrams > 1;
        segment[last] = size;
        controls.octets().putShort(last * CONTROL + 16, (short) size);
        messages.octets()
                .putLong(last * MESSAGE + 24, used - first)
                .putLong(last * MESSAGE + 32, several ? controls.address() + (long) last * CONTROL : 0)
                .putLong(last * MESSAGE + 40, several ? CONTROL : 0);
    }

    /**
     * Sends what is there, and waits while the socket takes no more: meanwhile the devices are not read. A message that is refused
     * is counted and gone.
     */
    void drain() {
        complete();
        while (sent < count) {
            int now = CALLS.sendmmsg(socket, messages.address() + (long) sent * MESSAGE, count - sent, MSG_DONTWAIT);
            if (now > 0) {
                sent += now;
                continue;
            }
            int errno = LibC.errno();
            if (errno == Errno.EAGAIN && !stopping.getAsBoolean()) {
                CALLS.poll(waiting.address(), 1, WAIT_MILLIS);
            } else if (errno != Errno.EINTR) {
                refused(sent, errno);
                sent++;
            }
        }
        count = 0;
        used = 0;
        sent = 0;
        to = null;
    }

    private void refused(int message, int errno) {
        ByteBuffer from = messages.octets();
        if (from.getLong(message * MESSAGE + 40) == 0) {
            counters.drop(errno == Errno.EMSGSIZE ? Drop.TOO_BIG : Drop.REFUSED);
            return;
        }
        int parts = takeApart(message);
        for (int part = 0; part < parts; ) {
            int now = CALLS.sendmmsg(socket, apart.address() + (long) part * MESSAGE, parts - part, MSG_DONTWAIT);
            if (now <= 0) {
                counters.drop(LibC.errno() == Errno.EMSGSIZE ? Drop.TOO_BIG : Drop.REFUSED);
            }
            part += Math.max(1, now);
        }
    }

    /** Makes each datagram of a message a message: a device or path that takes no runs takes them so. */
    private int takeApart(int message) {
        ByteBuffer from = messages.octets();
        ByteBuffer into = apart.octets();
        int vector = (int) ((from.getLong(message * MESSAGE + 16) - vectors.address()) / VECTOR);
        int end = vector + (int) from.getLong(message * MESSAGE + 24);
        int parts = 0;
        while (vector < end) {
            int first = vector;
            for (long length = 0; vector < end && length < segment[message]; vector++) {
                length += vectors.octets().getLong(vector * VECTOR + 8);
            }
            int at = parts++ * MESSAGE;
            into.putLong(at, from.getLong(message * MESSAGE)).putInt(at + 8, from.getInt(message * MESSAGE + 8));
            into.putLong(at + 16, vectors.address() + (long) first * VECTOR).putLong(at + 24, vector - first);
            into.putLong(at + 32, 0).putLong(at + 40, 0);
        }
        return parts;
    }
}
