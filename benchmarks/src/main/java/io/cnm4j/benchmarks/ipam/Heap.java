package io.cnm4j.benchmarks.ipam;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Measures what objects weigh: what the heap holds with them, less what it holds without. */
final class Heap {
    private static final int COLLECTIONS = 4;

    private Heap() {}

    /** Returns how many bytes one of {@code count} objects takes, with all that it alone refers to. */
    static double bytesOfEach(int count, IntFunction<Object> maker) {
        List<Object> held = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            held.add(null);
        }
        long before = used();
        for (int i = 0; i < count; i++) {
            held.set(i, maker.apply(i));
        }
        long after = used();
        if (held.size() != count) {
            throw new IllegalStateException("what is measured was collected");
        }
        return (double) (after - before) / count;
    }

    private static long used() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
