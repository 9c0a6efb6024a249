package io.cnm4j.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Durations of one thing, in nanoseconds, in the order measured. Not thread-safe. */
public final class Samples {
    private long[] nanos = new long[256];
    private int count;

    /** Makes an empty list. */
    public Samples() {}

    /** Adds the time since {@code start} of {@link System#nanoTime}. */
    public void since(long start) {
        add(System.nanoTime() - start);
    }

    /** Adds a duration in nanoseconds. */
    public void add(long duration) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = duration;
    }

    /** Adds all of another list. */
    public void add(Samples others) {
        for (int i = 0; i < others.count; i++) {
            add(others.nanos[i]);
        }
    }

    /** Returns how many there are. */
    public int count() {
        return count;
    }

    /**
     * Returns the duration in nanoseconds that the given part of all samples do not exceed; 0 if there are none.
     *
     * @param part 0 to 1, such as 0.5 for the median
     */
    public long quantile(double part) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return count == 0 ? 0 : sorted[(int) Math.min(count - 1, Math.floor(part * count))];
    }

    /** Returns median and 99th percentile in milliseconds. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%9.3f %9.3f", quantile(0.5) / 1e6, quantile(0.99) / 1e6);
    }
}
