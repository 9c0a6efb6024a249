package io.cnm4j.driver.ipam;

import org.jspecify.annotations.Nullable;

/**
 * A set of numbers from 0 to below {@code size}, as a tree of bitmaps.
 *
 * <pre>
 * leaf:  4,096 numbers: long[0] summary, bit i set if word i is full; long[1..] the words
 * node:  64 leaves, or 64 nodes of the level below; {@code full} has bit i set if child i is full
 * </pre>
 *
 * What was never touched is not there. Numbers at or beyond the size, within the last word or node, count as taken. To find
 * a free number takes one step a level, however full or fragmented the set is. Not thread-safe.
 */
final class AddressBitmap {
    private static final int LEAF_BITS = 12;
    private static final int NODE_BITS = 6;

    private final long size;
    private final int height; // levels of nodes above the leaves
    private @Nullable Object root; // long[] or Node
    private long @Nullable [] hotLeaf;
    private long hotStart = -1;
    private long count;

    private static final class Node {
        private final @Nullable Object[] children;
        private long full;

        Node(int slots) {
            children = new Object[slots];
            full = slots == 64 ? 0 : -1L << slots;
        }
    }

    /** @param size how many numbers there are, 1 to 2^62 */
    AddressBitmap(long size) {
        this.size = size;
        int bits = 64 - Long.numberOfLeadingZeros(size - 1);
        this.height = bits <= LEAF_BITS ? 0 : (bits - LEAF_BITS + NODE_BITS - 1) / NODE_BITS;
    }

    /** Returns how many numbers there are. */
    long size() {
        return size;
    }

    /** Returns how many numbers are in the set. */
    long count() {
        return count;
    }

    /** Tells whether the number is in the set. */
    boolean contains(long number) {
        Object at = root;
        for (int level = height; level > 0; level--) {
            if (at == null) {
                return false;
            }
            at = ((Node) at).children[slot(number, level)];
        }
        return at != null && (((long[]) at)[word(number)] >>> number & 1) != 0;
    }

    /** Adds the number; returns false if it was there. */
    boolean add(long number) {
        long[] leaf = leaf(number);
        int word = word(number);
        if ((leaf[word] >>> number & 1) != 0) {
            return false;
        }
        leaf[word] |= 1L << number;
        count++;
        if (leaf[word] == -1) {
            leaf[0] |= 1L << (word - 1);
            if (leaf[0] == -1) {
                mark(root, height, number, true);
            }
        }
        return true;
    }

    /** Removes the number; returns false if it was not there. */
    boolean remove(long number) {
        if (!contains(number)) {
            return false;
        }
        long[] leaf = leaf(number);
        int word = word(number);
        boolean wasFull = leaf[0] == -1;
        leaf[word] &= ~(1L << number);
        leaf[0] &= ~(1L << (word - 1));
        count--;
        if (wasFull) {
            mark(root, height, number, false);
        }
        return true;
    }

    /** Returns the lowest number at or above {@code from} that is not in the set, -1 if there is none. */
    long nextFree(long from) {
        if (from >= size) {
            return -1;
        }
        if (hotLeaf != null && from >> LEAF_BITS == hotStart) {
            long found = inLeaf(hotLeaf, from & (1 << LEAF_BITS) - 1);
            if (found >= 0) {
                return hotStart << LEAF_BITS | found;
            }
        }
        return root == null ? from : find(root, height, from);
    }

    private long[] leaf(long number) {
        long start = number >> LEAF_BITS;
        if (hotLeaf != null && start == hotStart) {
            return hotLeaf;
        }
        if (root == null) {
            root = height == 0 ? newLeaf(0) : newNode(height, 0);
        }
        Object at = root;
        for (int level = height; level > 0; level--) {
            @Nullable Object[] children = ((Node) at).children;
            int slot = slot(number, level);
            Object child = children[slot];
            if (child == null) {
                child = level == 1 ? newLeaf(start << LEAF_BITS) : newNode(level - 1, number & -span(level - 1));
                children[slot] = child;
            }
            at = child;
        }
        hotLeaf = (long[]) at;
        hotStart = start;
        return hotLeaf;
    }

    private long[] newLeaf(long start) {
        long numbers = Math.min(size - start, 1 << LEAF_BITS);
        int words = (int) ((numbers + 63) >> 6);
        long[] leaf = new long[words + 1];
        leaf[0] = words == 64 ? 0 : -1L << words;
        if ((numbers & 63) != 0) {
            leaf[words] = -1L << numbers;
        }
        return leaf;
    }

    private Node newNode(int level, long start) {
        long child = span(level - 1);
        return new Node((int) Math.min(64, (size - start + child - 1) / child));
    }

    /** Returns how many numbers a node of this level covers, a leaf being level 0. */
    private static long span(int level) {
        return 1L << (LEAF_BITS + NODE_BITS * level);
    }

    private static int slot(long number, int level) {
        return (int) (number >>> (LEAF_BITS + NODE_BITS * (level - 1))) & 63;
    }

    private static int word(long number) {
        return 1 + (int) (number >>> 6 & 63);
    }

    /** Says of the leaf of this number, and of each node above for which that is news, whether it is full. */
    private static boolean mark(@Nullable Object at, int level, long number, boolean full) {
        if (!(at instanceof Node node)) {
            return true;
        }
        boolean wasFull = node.full == -1;
        int slot = slot(number, level);
        if (mark(node.children[slot], level - 1, number, full)) {
            node.full = full ? node.full | 1L << slot : node.full & ~(1L << slot);
        }
        return wasFull != (node.full == -1);
    }

    private static long inLeaf(long[] leaf, long from) {
        int word = word(from);
        long free = ~leaf[word] >>> from;
        if (free != 0) {
            return from + Long.numberOfTrailingZeros(free);
        }
        long later = word == 64 ? 0 : ~leaf[0] >>> word;
        if (later == 0) {
            return -1;
        }
        int next = word + 1 + Long.numberOfTrailingZeros(later);
        return (long) (next - 1) << 6 | Long.numberOfTrailingZeros(~leaf[next]);
    }

    private static long find(Object at, int level, long from) {
        if (level == 0) {
            return inLeaf((long[]) at, from & (1 << LEAF_BITS) - 1);
        }
        var node = (Node) at;
        long child = span(level - 1);
        long within = from & span(level) - 1;
        int slot = (int) (within / child);
        long found = node.full >>> slot & 1;
        found = found != 0 ? -1 : below(node, slot, level, within & child - 1);
        if (found < 0) {
            long later = slot == 63 ? 0 : ~node.full >>> (slot + 1);
            if (later == 0) {
                return -1;
            }
            slot += 1 + Long.numberOfTrailingZeros(later);
            found = below(node, slot, level, 0);
        }
        return slot * child + found;
    }

    private static long below(Node node, int slot, int level, long from) {
        Object child = node.children[slot];
        return child == null ? from : find(child, level - 1, from);
    }
}
