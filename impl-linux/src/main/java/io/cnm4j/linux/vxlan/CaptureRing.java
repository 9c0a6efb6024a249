package io.cnm4j.linux.vxlan;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies of frames on their way from one thread that moves them to one that writes them down. If there is no room they are counted:
 * a slow reader never slows the network.
 *
 * <pre>
 *  0        4        8            16                 multiple of 8
 * | octets | inward | nanoseconds | frame ... | unused |
 * </pre>
 */
final class CaptureRing {
    private static final int SIZE = 4 << 20;
    private static final int HEADER = 16;
    private static final int SKIP = -1; // the rest up to the end is empty

    private final ByteBuffer octets = ByteBuffer.allocateDirect(SIZE);
    private final AtomicLong head = new AtomicLong(); // written up to here
    private final AtomicLong tail = new AtomicLong(); // read up to here
    private final AtomicLong lost = new AtomicLong();
    private final long clockOffset = System.currentTimeMillis() * 1_000_000 - System.nanoTime();

    /** Takes what {@link #offer} gave, in its order. */
    interface Reader {
        /** Takes one frame; {@code frames} is valid during the call. */
        void frame(long nanos, boolean inward, ByteBuffer frames, int offset, int length);
    }

    /** Copies a frame. By the thread that moves frames. */
    void offer(boolean inward, ByteBuffer from, int offset, int length) {
        int need = HEADER + ((length + 7) & ~7);
        long at = head.getPlain();
        int index = (int) (at & (SIZE - 1));
        int skipped = index + need > SIZE ? SIZE - index : 0;
        if (at + skipped + need - tail.get() > SIZE) {
            lost.lazySet(lost.getPlain() + 1);
            return;
        }
        if (skipped > 0) {
            octets.putInt(index, SKIP);
            at += skipped;
            index = 0;
        }
        octets.putInt(index, length).putInt(index + 4, inward ? 1 : 0);
        octets.putLong(index + 8, clockOffset + System.nanoTime());
        octets.put(index + HEADER, from, offset, length);
        head.set(at + need);
    }

    /** Gives all that is there to the reader; returns how many that is. By the thread that writes. */
    int drain(Reader reader) {
        int frames = 0;
        long end = head.get();
        long at = tail.getPlain();
        while (at < end) {
            int index = (int) (at & (SIZE - 1));
            int length = octets.getInt(index);
            if (length == SKIP) {
                at += SIZE - index;
                continue;
            }
            reader.frame(octets.getLong(index + 8), octets.getInt(index + 4) != 0, octets, index + HEADER, length);
            at += HEADER + ((length + 7) & ~7);
            tail.set(at);
            frames++;
        }
        return frames;
    }

    /** Returns how many frames found no room. */
    long lost() {
        return lost.get();
    }
}
