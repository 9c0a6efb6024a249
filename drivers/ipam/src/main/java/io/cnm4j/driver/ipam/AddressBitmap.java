package io.cnm4j.driver.ipam;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of numbers from 0 to below 2^62, as a tree that is as tall and as wide as the numbers in it ask for. Below are leaves
 * ({@link AddressLeaf}), above them nodes of 64 leaves, or of 64 nodes of the level below.
 *
 * <p>A child of which all or none is in the set is not there. To find a number that is not in the set takes one step a level, however
 * full or fragmented it is. Not thread-safe.
 */
final class AddressBitmap {
    private static final int NODE_BITS = 6;

    private Object root = AddressLeaf.NONE; // long[] or Node
    private int height; // levels of nodes above the leaves
    private long base; // the first number below the root
    private long @Nullable [] hotLeaf; // the last that was made: the next numbers often go there
    private long hotStart; // its first number, in leaves
    private long @Nullable [] spare; // a full leaf that went: the next that is no longer full takes it
    private long count;
    private long searchedFrom; // all from here to below searchedTo are in the set: the next search need not look there
    private long searchedTo;

    private static final class Node {
        @Nullable
        Object[] children;

        long full; // bit i is set if all of child i is in the set

        Node(int slots, long full) {
            this.children = new Object[slots];
            this.full = full;
        }

        @Nullable
        Object child(int slot) {
            return slot < children.length ? children[slot] : null;
        }

        /** Returns a child that must be there. */
        Object present(int slot) {
            return Objects.requireNonNull(children[slot]);
        }

        void put(int slot, Object child) {
            if (slot >= children.length) {
                children = Arrays.copyOf(children, wide(slot));
            }
            children[slot] = child;
        }

        void drop(int slot) {
            if (slot < children.length) {
                children[slot] = null;
            }
        }

        boolean isEmpty() {
            for (Object child : children) {
                if (child != null) {
                    return false;
                }
            }
            return full == 0;
        }
    }

    /** Returns how many numbers are in the set. */
    long count() {
        return count;
    }

    /** Tells whether the number is in the set. */
    boolean contains(long number) {
        long[] leaf = leaf(number);
        if (leaf == null) {
            return isBelowRoot(number) && isFolded(number);
        }
        return AddressLeaf.contains(leaf, number);
    }

    /** Adds the number; returns false if it was there. */
    boolean add(long number) {
        long[] leaf = leaf(number);
        if (leaf == null || !AddressLeaf.reaches(leaf, number)) {
            leaf = leafToAdd(number);
        }
        if (leaf == null || !AddressLeaf.add(leaf, number)) {
            return false;
        }
        count++;
        if (AddressLeaf.isFull(leaf) && height > 0) {
            hotLeaf = null;
            foldFull((Node) root, height, number);
        }
        return true;
    }

    /** Removes the number; returns false if it was not there. */
    boolean remove(long number) {
        long[] leaf = leaf(number);
        if (leaf == null) {
            leaf = leafToRemove(number);
        }
        if (leaf == null || !AddressLeaf.remove(leaf, number)) {
            return false;
        }
        count--;
        if (number >= searchedFrom && number < searchedTo) {
            searchedTo = number;
        }
        if (AddressLeaf.isEmpty(leaf)) {
            hotLeaf = null;
            if (height == 0 || foldEmpty((Node) root, height, number)) {
                root = AddressLeaf.NONE;
                height = 0;
            }
        }
        return true;
    }

    /** Returns the lowest number at or above {@code from} that is not in the set. */
    long nextFree(long from) {
        boolean goesOn = from >= searchedFrom && from <= searchedTo;
        searchedFrom = goesOn ? searchedFrom : from;
        searchedTo = search(goesOn ? searchedTo : from);
        return searchedTo;
    }

    private long search(long from) {
        long[] leaf = leaf(from);
        if (leaf != null) {
            long found = AddressLeaf.nextFree(leaf, from);
            if (found >= 0) {
                return (from & -span(0)) | found;
            }
        }
        if (!isBelowRoot(from)) {
            return from;
        }
        long found = find(root, height, from);
        return found < 0 ? base + span(height) : base + found;
    }

    /** Visits all numbers in the set, lowest first. */
    void forEach(LongConsumer visitor) {
        visit(root, height, base, visitor);
    }

    private static void visit(Object at, int level, long start, LongConsumer visitor) {
        if (at instanceof Node node) {
            long child = span(level - 1);
            for (int slot = 0; slot < 64; slot++) {
                long first = start + slot * child;
                Object below = node.child(slot);
                if ((node.full >>> slot & 1) != 0) {
                    for (long number = first; number < first + child; number++) {
                        visitor.accept(number);
                    }
                } else if (below != null) {
                    visit(below, level - 1, first, visitor);
                }
            }
            return;
        }
        AddressLeaf.forEach((long[]) at, start, visitor);
    }

    private boolean isBelowRoot(long number) {
        return number - base >= 0 && number - base < span(height);
    }

    /** Returns the leaf of the number; null if it is not there: all or none of it is in the set. */
    private long @Nullable [] leaf(long number) {
        if (hotLeaf != null && number >> AddressLeaf.BITS == hotStart) {
            return hotLeaf;
        }
        Object at = isBelowRoot(number) ? root : null;
        for (int level = height; level > 0 && at != null; level--) {
            at = ((Node) at).child(slot(number, level));
        }
        return (long[]) at;
    }

    /** Tells whether a child that is not there, but has this number, is in the set. */
    private boolean isFolded(long number) {
        Object at = root;
        for (int level = height; level > 0 && at != null; level--) {
            var node = (Node) at;
            int slot = slot(number, level);
            if ((node.full >>> slot & 1) != 0) {
                return true;
            }
            at = node.child(slot);
        }
        return false;
    }

    /** Returns the leaf of the number, made or made longer where it has no word for it; null if all of it is in the set. */
    private long @Nullable [] leafToAdd(long number) {
        if (root == AddressLeaf.NONE) {
            base = number & -span(0);
        }
        while (!isBelowRoot(number)) {
            raise();
        }
        if (root instanceof long[] alone) {
            long[] leaf = AddressLeaf.reaching(alone, number);
            root = leaf;
            return hot(leaf, number);
        }
        var node = (Node) root;
        for (int level = height; ; level--) {
            int slot = slot(number, level);
            if ((node.full >>> slot & 1) != 0) {
                return null;
            }
            Object child = node.child(slot);
            if (level == 1) {
                long[] leaf = AddressLeaf.reaching(child == null ? AddressLeaf.NONE : (long[]) child, number);
                node.put(slot, leaf);
                return hot(leaf, number);
            }
            if (child == null) {
                child = new Node(wide(slot(number, level - 1)), 0);
                node.put(slot, child);
            }
            node = (Node) child;
        }
    }

    private long[] hot(long[] leaf, long number) {
        hotLeaf = leaf;
        hotStart = number >> AddressLeaf.BITS;
        return leaf;
    }

    /** Returns the leaf of the number, made where it was absent because all of it is in the set; null if none of it is. */
    private long @Nullable [] leafToRemove(long number) {
        if (!isBelowRoot(number)) {
            return null;
        }
        Object at = root;
        for (int level = height; level > 0; level--) {
            var node = (Node) at;
            int slot = slot(number, level);
            if ((node.full >>> slot & 1) != 0) {
                node.full &= ~(1L << slot);
                node.put(slot, level == 1 ? fullLeaf() : new Node(64, -1));
            }
            Object child = node.child(slot);
            if (child == null) {
                return null;
            }
            at = child;
        }
        return (long[]) at;
    }

    private long[] fullLeaf() {
        long[] leaf = spare;
        spare = null;
        return leaf == null ? AddressLeaf.full() : leaf;
    }

    /** Puts a node above the root. */
    private void raise() {
        long below = base;
        base &= -span(height + 1);
        int slot = slot(below, height + 1);
        var node = new Node(wide(slot), 0);
        if (isFull(root)) {
            node.full = 1L << slot;
        } else {
            node.put(slot, root);
        }
        hotLeaf = null;
        height++;
        root = node;
    }

    private static boolean isFull(Object at) {
        return at instanceof Node node ? node.full == -1 : AddressLeaf.isFull((long[]) at);
    }

    /** Lets the full leaf of this number go, and each node above that is full with it; tells whether this node is. */
    private boolean foldFull(Node node, int level, long number) {
        int slot = slot(number, level);
        if (level == 1) {
            spare = (long[]) node.present(slot);
        } else if (!foldFull((Node) node.present(slot), level - 1, number)) {
            return false;
        }
        node.drop(slot);
        node.full |= 1L << slot;
        return node.full == -1;
    }

    /** Lets the empty leaf of this number go, and each node above that is empty with it; tells whether this node is. */
    private static boolean foldEmpty(Node node, int level, long number) {
        int slot = slot(number, level);
        if (level > 1 && !foldEmpty((Node) node.present(slot), level - 1, number)) {
            return false;
        }
        node.drop(slot);
        return node.isEmpty();
    }

    /** Returns how many slots there are if this is the last. */
    private static int wide(int last) {
        return last == 0 ? 1 : Integer.highestOneBit(last) << 1;
    }

    /** Returns how many numbers a node of this level covers, a leaf being level 0. */
    private static long span(int level) {
        return 1L << (AddressLeaf.BITS + NODE_BITS * level);
    }

    private static int slot(long number, int level) {
        return (int) (number >>> (AddressLeaf.BITS + NODE_BITS * (level - 1))) & 63;
    }

    /** Returns the distance from the first number below, -1 if all from there on are in the set. */
    private static long find(@Nullable Object at, int level, long from) {
        if (at == null) {
            return from & span(level) - 1;
        }
        if (level == 0) {
            return AddressLeaf.nextFree((long[]) at, from);
        }
        var node = (Node) at;
        long child = span(level - 1);
        int slot = slot(from, level);
        if ((node.full >>> slot & 1) == 0) {
            long found = find(node.child(slot), level - 1, from);
            if (found >= 0) {
                return slot * child + found;
            }
        }
        long later = slot == 63 ? 0 : ~node.full >>> (slot + 1);
        if (later == 0) {
            return -1;
        }
        slot += 1 + Long.numberOfTrailingZeros(later);
        return slot * child + find(node.child(slot), level - 1, 0);
    }
}
