package io.cnm4j.driver.ipam;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * A set of 65,536 numbers in an array; of a number the lower 16 bits count. Not thread-safe.
 *
 * <pre>
 *  0       1              17
 * | count | full words   | words, up to the last that was touched ...
 * </pre>
 *
 * Of the full words there is a bit for each. It is as large because in a pool that is larger than the processor's cache all but the
 * words themselves stays in that.
 */
final class AddressLeaf {
    /** The bits of a number that count. */
    static final int BITS = 16;

    private static final int SIZE = 1 << BITS;
    private static final int WORDS = SIZE >> 6;
    private static final int COUNT = 0;
    private static final int FULL = 1;
    private static final int FIRST = FULL + (WORDS >> 6);

    /** The one with no number in it and no word. Never to be changed. */
    static final long[] NONE = new long[FIRST];

    private AddressLeaf() {}

    /** Returns one with all numbers. */
    static long[] full() {
        long[] leaf = new long[FIRST + WORDS];
        Arrays.fill(leaf, -1);
        leaf[COUNT] = SIZE;
        return leaf;
    }

    private static int word(long number) {
        return FIRST + (int) (number >>> 6 & (WORDS - 1));
    }

    /** Tells whether it has a word for this number. */
    static boolean reaches(long[] leaf, long number) {
        return word(number) < leaf.length;
    }

    /** Returns one with the same numbers and a word for this one; the leaf itself if it has that. */
    static long[] reaching(long[] leaf, long number) {
        if (reaches(leaf, number)) {
            return leaf;
        }
        int last = word(number) - FIRST;
        return Arrays.copyOf(leaf, FIRST + (last == 0 ? 1 : Integer.highestOneBit(last) << 1));
    }

    static boolean contains(long[] leaf, long number) {
        return reaches(leaf, number) && (leaf[word(number)] >>> number & 1) != 0;
    }

    /** Adds a number that it reaches; returns false if it was there. */
    static boolean add(long[] leaf, long number) {
        int at = word(number);
        long before = leaf[at];
        long now = before | 1L << number;
        if (now == before) {
            return false;
        }
        leaf[at] = now;
        leaf[COUNT]++;
        if (now == -1) {
            int word = at - FIRST;
            leaf[FULL + (word >> 6)] |= 1L << word;
        }
        return true;
    }

    /** Removes a number; returns false if it was not there. */
    static boolean remove(long[] leaf, long number) {
        if (!contains(leaf, number)) {
            return false;
        }
        int at = word(number);
        if (leaf[at] == -1) {
            int word = at - FIRST;
            leaf[FULL + (word >> 6)] &= ~(1L << word);
        }
        leaf[at] &= ~(1L << number);
        leaf[COUNT]--;
        return true;
    }

    static boolean isFull(long[] leaf) {
        return leaf[COUNT] == SIZE;
    }

    static boolean isEmpty(long[] leaf) {
        return leaf[COUNT] == 0;
    }

    /** Returns the lowest number from {@code from}, of which the lower bits count, that is not in it; -1 if there is none. */
    static long nextFree(long[] leaf, long from) {
        int at = word(from);
        if (at >= leaf.length) {
            return from & (SIZE - 1);
        }
        long free = ~leaf[at] >>> from;
        if (free != 0) {
            return (from & (SIZE - 1)) + Long.numberOfTrailingZeros(free);
        }
        int next = nextNotFull(leaf, at - FIRST + 1);
        if (next == WORDS) {
            return -1;
        }
        long there = FIRST + next < leaf.length ? ~leaf[FIRST + next] : -1;
        return (long) next << 6 | Long.numberOfTrailingZeros(there);
    }

    private static int nextNotFull(long[] leaf, int from) {
        for (int word = from; word < WORDS; word = (word | 63) + 1) {
            long notFull = ~leaf[FULL + (word >> 6)] >>> word;
            if (notFull != 0) {
                return word + Long.numberOfTrailingZeros(notFull);
            }
        }
        return WORDS;
    }

    /** Visits its numbers, lowest first, each as so far from {@code start}. */
    static void forEach(long[] leaf, long start, LongConsumer visitor) {
        for (int at = FIRST; at < leaf.length; at++) {
            for (long rest = leaf[at]; rest != 0; rest &= rest - 1) {
                visitor.accept(start + ((long) (at - FIRST) << 6) + Long.numberOfTrailingZeros(rest));
            }
        }
    }
}
