package io.cnm4j.driver.ipam;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of numbers from 0 to below 2^56, as a tree that is as tall and as wide as the numbers in it ask for. Below are leaves
 * ({@link AddressLeaf}), above them nodes ({@link AddressNode}) of 256 leaves, or of 256 nodes of the level below: it is so wide that
 * all of an IPv4 /8 is one step away.
 *
 * <p>A child of which all or none is in the set is not there. To find a number that is not in the set takes one step a level, however
 * full or fragmented it is. Not thread-safe.
 */
final class AddressBitmap {
    private Object root = AddressLeaf.NONE; // long[] or AddressNode
    private int height; // levels of nodes above the leaves
    private long base; // the first number below the root
    private @Nullable AddressNode near; // the node of leaves where a number was last sought: all of a /8 is in one
    private long nearNumber; // a number below that
    private long @Nullable [] spare; // a full leaf that went: the next that is no longer full takes it
    private long count;
    private long searchedFrom; // all from here to below searchedTo are in the set: the next search need not look there
    private long searchedTo;

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
            near = null;
            foldFull((AddressNode) root, height, number);
        }
        return true;
    }

    /**
     * Adds the lowest number from {@code from} to {@code to} that is not in the set.
     *
     * @return that number; one beyond {@code to} if there was none
     */
    long take(long from, long to) {
        long found = nextFree(from);
        if (found <= to) {
            add(found);
            searchedTo = found + 1;
        }
        return found;
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
            near = null;
            if (height == 0 || foldEmpty((AddressNode) root, height, number)) {
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
        if (at instanceof AddressNode node) {
            long child = span(level - 1);
            for (int slot = 0; slot < AddressNode.SLOTS; slot++) {
                long first = start + slot * child;
                Object below = node.child(slot);
                if (node.isFull(slot)) {
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
        return (number ^ base) >>> bits(height) == 0;
    }

    /** Returns the leaf of the number; null if it is not there: all or none of it is in the set. */
    private long @Nullable [] leaf(long number) {
        if (near == null || (number ^ nearNumber) >>> bits(1) != 0) {
            if (height == 0) {
                return isBelowRoot(number) ? (long[]) root : null;
            }
            near = nodeOfLeaves(number);
            nearNumber = number;
        }
        return near == null ? null : (long[]) near.child(slot(number, 1));
    }

    private @Nullable AddressNode nodeOfLeaves(long number) {
        Object at = isBelowRoot(number) ? root : null;
        for (int level = height; level > 1 && at != null; level--) {
            at = ((AddressNode) at).child(slot(number, level));
        }
        return (AddressNode) at;
    }

    /** Tells whether a child that is not there, but has this number, is in the set. */
    private boolean isFolded(long number) {
        Object at = root;
        for (int level = height; level > 0 && at != null; level--) {
            var node = (AddressNode) at;
            int slot = slot(number, level);
            if (node.isFull(slot)) {
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
            return leaf;
        }
        var node = (AddressNode) root;
        for (int level = height; ; level--) {
            int slot = slot(number, level);
            if (node.isFull(slot)) {
                return null;
            }
            Object child = node.child(slot);
            if (level == 1) {
                long[] leaf = AddressLeaf.reaching(child == null ? AddressLeaf.NONE : (long[]) child, number);
                node.put(slot, leaf);
                return leaf;
            }
            if (child == null) {
                child = new AddressNode(slot(number, level - 1));
                node.put(slot, child);
            }
            node = (AddressNode) child;
        }
    }

    /** Returns the leaf of the number, made where it was absent because all of it is in the set; null if none of it is. */
    private long @Nullable [] leafToRemove(long number) {
        if (!isBelowRoot(number)) {
            return null;
        }
        Object at = root;
        for (int level = height; level > 0; level--) {
            var node = (AddressNode) at;
            int slot = slot(number, level);
            if (node.isFull(slot)) {
                node.put(slot, level == 1 ? fullLeaf() : AddressNode.full());
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
        var node = new AddressNode(slot);
        if (isFull(root)) {
            node.fill(slot);
        } else {
            node.put(slot, root);
        }
        near = null;
        height++;
        root = node;
    }

    private static boolean isFull(Object at) {
        return at instanceof AddressNode node ? node.isFull() : AddressLeaf.isFull((long[]) at);
    }

    /** Lets the full leaf of this number go, and each node above that is full with it; tells whether this node is. */
    private boolean foldFull(AddressNode node, int level, long number) {
        int slot = slot(number, level);
        if (level == 1) {
            spare = (long[]) node.present(slot);
        } else if (!foldFull((AddressNode) node.present(slot), level - 1, number)) {
            return false;
        }
        node.fill(slot);
        return node.isFull();
    }

    /** Lets the empty leaf of this number go, and each node above that is empty with it; tells whether this node is. */
    private static boolean foldEmpty(AddressNode node, int level, long number) {
        int slot = slot(number, level);
        if (level > 1 && !foldEmpty((AddressNode) node.present(slot), level - 1, number)) {
            return false;
        }
        node.drop(slot);
        return node.isEmpty();
    }

    /** Returns how many numbers a node of this level covers, a leaf being level 0. */
    private static long span(int level) {
        return 1L << bits(level);
    }

    private static int bits(int level) {
        return AddressLeaf.BITS + AddressNode.BITS * level;
    }

    private static int slot(long number, int level) {
        return (int) (number >>> bits(level - 1)) & (AddressNode.SLOTS - 1);
    }

    /** Returns the distance from the first number below, -1 if all from there on are in the set. */
    private static long find(@Nullable Object at, int level, long from) {
        if (at == null) {
            return from & span(level) - 1;
        }
        if (level == 0) {
            return AddressLeaf.nextFree((long[]) at, from);
        }
        var node = (AddressNode) at;
        long child = span(level - 1);
        int slot = slot(from, level);
        if (!node.isFull(slot)) {
            long found = find(node.child(slot), level - 1, from);
            if (found >= 0) {
                return slot * child + found;
            }
        }
        slot = node.nextNotFull(slot + 1);
        return slot == AddressNode.SLOTS ? -1 : slot * child + find(node.child(slot), level - 1, 0);
    }
}
