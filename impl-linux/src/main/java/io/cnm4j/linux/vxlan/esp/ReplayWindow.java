package io.cnm4j.linux.vxlan.esp;

import java.util.Arrays;

/** Which of the last 1,024 sequence numbers came already: RFC 4303 section 3.4.3, as in RFC 6479. Of one thread. */
final class ReplayWindow {
    private static final int SIZE = 1024;

    private final long[] seen = new long[SIZE / 64];
    private long last; // highest so far

    /**
     * Tells whether a number is new.
     *
     * @param sequence 1 to 2^32-1
     */
    boolean isNew(long sequence) {
        if (sequence == 0 || sequence + SIZE <= last) {
            return false;
        }
        int bit = (int) sequence & (SIZE - 1);
        return sequence > last || (seen[bit / 64] & (1L << bit)) == 0;
    }

    /** Notes a number that is new and whose packet is authentic. */
    void note(long sequence) {
        if (sequence > last) {
            if (sequence - last >= SIZE) {
                Arrays.fill(seen, 0);
            } else {
                for (long skipped = last + 1; skipped < sequence; skipped++) {
                    int bit = (int) skipped & (SIZE - 1);
                    seen[bit / 64] &= ~(1L << bit);
                }
            }
            last = sequence;
        }
        int bit = (int) sequence & (SIZE - 1);
        seen[bit / 64] |= 1L << bit;
    }
}
