package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Follows the trees of an LMDB file page by page, so that LMDB meets no pointer that leads out of a page or out of the file.
 *
 * <pre>
 * page:   0 u64 number   8 u16 pad   10 u16 flags   12 u16 lower   14 u16 upper  (overflow page: 12 u32 count)   16 u16[] nodes
 * node:   0 u16 lo   2 u16 hi   4 u16 flags   6 u16 key length   8 key, data
 *         branch: child = lo | hi << 16 | flags << 32; leaf: data length = lo | hi << 16
 * tree:   0 u32 pad   4 u16 flags   6 u16 depth   8 u64 branch   16 leaf   24 overflow   32 entries   40 u64 root
 * </pre>
 */
final class PageWalk {
    private static final int BRANCH = 0x01;
    private static final int LEAF = 0x02;
    private static final int OVERFLOW = 0x04;
    private static final int HEADER = 16;
    private static final int NODE_HEADER = 8;
    private static final int BIG_DATA = 0x01;
    private static final int FREE_LIST_TREE = 40;
    private static final int RECORD_TREE = 88;
    private static final long NO_ROOT = -1;

    private final Path path;
    private final RandomAccessFile file;
    private final int pageSize;
    private final long pages;
    private final BitSet seen = new BitSet();

    PageWalk(Path path, RandomAccessFile file, int pageSize, long pages) {
        this.path = path;
        this.file = file;
        this.pageSize = pageSize;
        this.pages = pages;
    }

    /** Follows both trees of a meta page. */
    void walk(ByteBuffer meta) throws IOException {
        for (int tree : new int[] {FREE_LIST_TREE, RECORD_TREE}) {
            long root = meta.getLong(tree + 40);
            if (root != NO_ROOT) {
                follow(tree, root, Short.toUnsignedInt(meta.getShort(tree + 6)));
            }
        }
    }

    private void follow(int tree, long number, int levels) throws IOException {
        if (levels < 1 || levels > 32) { // CURSOR_STACK in mdb.c
            throw damaged(number);
        }
        ByteBuffer page = page(number);
        int flags = page.getShort(10) & 0xf;
        int lower = Short.toUnsignedInt(page.getShort(12));
        int upper = Short.toUnsignedInt(page.getShort(14));
        if (flags != (levels == 1 ? LEAF : BRANCH) || lower < HEADER || lower > upper || upper > pageSize) {
            throw damaged(number);
        }
        int nodes = (lower - HEADER) / 2;
        if (nodes == 0 || (tree == RECORD_TREE && flags == BRANCH && nodes < 2)) {
            throw damaged(number);
        }
        for (int i = 0; i < nodes; i++) {
            int node = Short.toUnsignedInt(page.getShort(HEADER + 2 * i));
            if (node < upper || node + NODE_HEADER + keyLength(page, node, upper) > pageSize) {
                throw damaged(number);
            }
            if (flags == BRANCH) {
                follow(tree, child(page, node), levels - 1);
            } else {
                leaf(tree, number, page, node);
            }
        }
    }

    private int keyLength(ByteBuffer page, int node, int upper) {
        return node < upper || node + NODE_HEADER > pageSize ? pageSize : Short.toUnsignedInt(page.getShort(node + 6));
    }

    private static long child(ByteBuffer page, int node) {
        return Integer.toUnsignedLong(page.getInt(node)) | (long) Short.toUnsignedInt(page.getShort(node + 4)) << 32;
    }

    private void leaf(int tree, long number, ByteBuffer page, int node) throws IOException {
        long length = Integer.toUnsignedLong(page.getInt(node));
        int flags = page.getShort(node + 4);
        int data = node + NODE_HEADER + Short.toUnsignedInt(page.getShort(node + 6));
        boolean big = flags == BIG_DATA;
        if ((flags != 0 && !big) || data + (big ? 8 : length) > pageSize) {
            throw damaged(number);
        }
        long numbers = big ? overflow(page.getLong(data), length) : length < 8 ? -1 : page.getLong(data);
        // the free list holds lists of page numbers, each with its length first
        if (tree == FREE_LIST_TREE && (numbers < 0 || numbers >= length / 8)) {
            throw damaged(number);
        }
    }

    private long overflow(long first, long length) throws IOException {
        ByteBuffer page = page(first);
        long count = Integer.toUnsignedLong(page.getInt(12));
        if ((page.getShort(10) & 0xf) != OVERFLOW || count > pages - first || HEADER + length > count * pageSize) {
            throw damaged(first);
        }
        return page.getLong(HEADER);
    }

    private ByteBuffer page(long number) throws IOException {
        if (number < 2 || number >= pages || seen.get((int) number)) {
            throw damaged(number);
        }
        seen.set((int) number);
        byte[] octets = new byte[pageSize];
        file.seek(number * pageSize);
        file.readFully(octets);
        ByteBuffer page = ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
        if (page.getLong(0) != number) {
            throw damaged(number);
        }
        return page;
    }

    private StoreException damaged(long number) {
        return new StoreException("'" + path + "' is damaged: page " + number + " of " + pages
                + " does not fit in; it was left as it is, restore it, or remove it to start anew");
    }
}
