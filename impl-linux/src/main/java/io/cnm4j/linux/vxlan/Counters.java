package io.cnm4j.linux.vxlan;

import io.cnm4j.linux.vxlan.codec.Drop;
import java.util.concurrent.atomic.AtomicLongArray;

/** What one thread did. One thread writes, any may read. */
final class Counters {
    static final int FRAMES_OUT = 0;
    static final int OCTETS_OUT = 1;
    static final int FRAMES_IN = 2;
    static final int OCTETS_IN = 3;
    static final int ANSWERED = 4;
    private static final int FIRST_DROP = 5;

    private final AtomicLongArray counts = new AtomicLongArray(FIRST_DROP + Drop.values().length);

    void add(int counter, long amount) {
        counts.lazySet(counter, counts.getPlain(counter) + amount);
    }

    void drop(Drop reason) {
        add(FIRST_DROP + reason.index(), 1);
    }

    long count(int counter) {
        return counts.get(counter);
    }

    long dropped(Drop reason) {
        return counts.get(FIRST_DROP + reason.index());
    }
}
