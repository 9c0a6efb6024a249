package io.cnm4j.driver.ipam;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A node of an {@link AddressBitmap}: 256 children, each a leaf or a node of the level below. A child of which all or none is in the set
 * is not there; which of these it is, the node knows. Not thread-safe.
 */
final class AddressNode {
    /** The bits of a number that tell the child. */
    static final int BITS = 8;

    /** How many children there can be. */
    static final int SLOTS = 1 << BITS;

    private @Nullable Object[] children; // up to the last slot that was used, or a bit longer
    private final long[] full = new long[SLOTS >> 6]; // a bit is set if all of that child is in the set

    /** Makes one with room for children up to this slot, of all of which none is in the set. */
    AddressNode(int slot) {
        this.children = new Object[wide(slot)];
    }

    /** Returns one of which all is in the set. */
    static AddressNode full() {
        var node = new AddressNode(SLOTS - 1);
        Arrays.fill(node.full, -1);
        return node;
    }

    /** Returns how many slots there are if this is the last. */
    private static int wide(int last) {
        return last == 0 ? 1 : Integer.highestOneBit(last) << 1;
    }

    @Nullable
    Object child(int slot) {
        return slot < children.length ? children[slot] : null;
    }

    /** Returns a child that must be there. */
    Object present(int slot) {
        return Objects.requireNonNull(children[slot]);
    }

    /** Puts a child of which something is in the set, but not all. */
    void put(int slot, Object child) {
        if (slot >= children.length) {
            children = Arrays.copyOf(children, wide(slot));
        }
        children[slot] = child;
        full[slot >> 6] &= ~(1L << slot);
    }

    /** Drops a child of which nothing is in the set any more. */
    void drop(int slot) {
        children[slot] = null;
    }

    /** Drops a child, if it is there, of which all is in the set. */
    void fill(int slot) {
        if (slot < children.length) {
            children[slot] = null;
        }
        full[slot >> 6] |= 1L << slot;
    }

    /** Tells whether all of this child is in the set. */
    boolean isFull(int slot) {
        return (full[slot >> 6] >>> slot & 1) != 0;
    }

    /** Tells whether all of this is in the set. */
    boolean isFull() {
        return nextNotFull(0) == SLOTS;
    }

    boolean isEmpty() {
        for (Object child : children) {
            if (child != null) {
                return false;
            }
        }
        for (long word : full) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the lowest slot from {@code from} of whose child not all is in the set; {@link #SLOTS} if there is none. */
    int nextNotFull(int from) {
        for (int slot = from; slot < SLOTS; slot = (slot | 63) + 1) {
            long notFull = ~full[slot >> 6] >>> slot;
            if (notFull != 0) {
                return slot + Long.numberOfTrailingZeros(notFull);
            }
        }
        return SLOTS;
    }
}
