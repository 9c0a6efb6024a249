package io.cnm4j.core.names;

import org.jspecify.annotations.Nullable;

/**
 * An immutable map whose changed copies share what did not change: a trie of 32 branches over hash bits (Bagwell, "Ideal Hash
 * Trees"). A change copies at most seven small nodes, however large the map.
 *
 * @param <K> keys; with sound equals and hashCode
 * @param <V> values
 */
final class PersistentMap<K, V> {
    private static final int BITS = 5;
    private static final int MASK = 31;

    private final @Nullable Node root;
    private final int size;

    private PersistentMap(@Nullable Node root, int size) {
        this.root = root;
        this.size = size;
    }

    static <K, V> PersistentMap<K, V> empty() {
        return new PersistentMap<>(null, 0);
    }

    int size() {
        return size;
    }

    /** A place in the trie: a leaf, or branches. */
    private sealed interface Node {}

    /** One key, and those that share its hash behind it. */
    private record Leaf(
            int hash, Object key, Object value, @Nullable Leaf next) implements Node {}

    /** The branches that there are, in the order of their bits. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record Branches(int bitmap, Node[] nodes) implements Node {}

    @SuppressWarnings("unchecked") // only keys and values of these types were put
    @Nullable
    V get(K key) {
        int hash = spread(key);
        Node node = root;
        for (int shift = 0; node instanceof Branches branches; shift += BITS) {
            int bit = 1 << (hash >>> shift & MASK);
            if ((branches.bitmap & bit) == 0) {
                return null;
            }
            node = branches.nodes[Integer.bitCount(branches.bitmap & bit - 1)];
        }
        for (Leaf leaf = (Leaf) node; leaf != null; leaf = leaf.next) {
            if (leaf.hash == hash && leaf.key.equals(key)) {
                return (V) leaf.value;
            }
        }
        return null;
    }

    PersistentMap<K, V> with(K key, V value) {
        boolean there = get(key) != null;
        return new PersistentMap<>(put(root, 0, spread(key), key, value), there ? size : size + 1);
    }

    PersistentMap<K, V> without(K key) {
        return get(key) == null ? this : new PersistentMap<>(drop(root, 0, spread(key), key), size - 1);
    }

    private static int spread(Object key) {
        int hash = key.hashCode();
        return hash ^ hash >>> 16;
    }

    private static Node put(@Nullable Node node, int shift, int hash, Object key, Object value) {
        if (node instanceof Branches branches) {
            int bit = 1 << (hash >>> shift & MASK);
            int at = Integer.bitCount(branches.bitmap & bit - 1);
            boolean there = (branches.bitmap & bit) != 0;
            Node child = put(there ? branches.nodes[at] : null, shift + BITS, hash, key, value);
            return there ? replaced(branches, at, child) : inserted(branches, bit, at, child);
        }
        Leaf leaf = (Leaf) node;
        if (leaf == null) {
            return new Leaf(hash, key, value, null);
        }
        if (leaf.hash == hash) {
            return new Leaf(hash, key, value, rest(leaf, key));
        }
        return put(new Branches(1 << (leaf.hash >>> shift & MASK), new Node[] {leaf}), shift, hash, key, value);
    }

    private static @Nullable Leaf rest(@Nullable Leaf leaf, Object key) {
        if (leaf == null) {
            return null;
        }
        Leaf next = rest(leaf.next, key);
        return leaf.key.equals(key) ? next : new Leaf(leaf.hash, leaf.key, leaf.value, next);
    }

    private static @Nullable Node drop(@Nullable Node node, int shift, int hash, Object key) {
        if (!(node instanceof Branches branches)) {
            return rest((Leaf) node, key);
        }
        int bit = 1 << (hash >>> shift & MASK);
        int at = Integer.bitCount(branches.bitmap & bit - 1);
        Node child = drop(branches.nodes[at], shift + BITS, hash, key);
        if (child != null) {
            return branches.nodes.length == 1 && child instanceof Leaf ? child : replaced(branches, at, child);
        }
        if (branches.nodes.length == 1) {
            return null;
        }
        var left = new Node[branches.nodes.length - 1];
        System.arraycopy(branches.nodes, 0, left, 0, at);
        System.arraycopy(branches.nodes, at + 1, left, at, left.length - at);
        return left.length == 1 && left[0] instanceof Leaf ? left[0] : new Branches(branches.bitmap & ~bit, left);
    }

    private static Node replaced(Branches branches, int at, Node child) {
        Node[] nodes = branches.nodes.clone();
        nodes[at] = child;
        return new Branches(branches.bitmap, nodes);
    }

    private static Node inserted(Branches branches, int bit, int at, Node child) {
        var nodes = new Node[branches.nodes.length + 1];
        System.arraycopy(branches.nodes, 0, nodes, 0, at);
        nodes[at] = child;
        System.arraycopy(branches.nodes, at, nodes, at + 1, branches.nodes.length - at);
        return new Branches(branches.bitmap | bit, nodes);
    }
}
