package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Looks at an LMDB file before LMDB maps it. A file starts with two meta pages, of which the one with the higher transaction
 * number counts (MDB_meta in mdb.c, 64-bit, data version 1):
 *
 * <pre>
 * offset  8  u16 pad   10  u16 flags (0x08: meta page)   16  u32 magic   20  u32 version
 *        24  u64 address   32  u64 map size
 *        40  u32 page size, then the free list's tree   88  the records' tree   136  u64 last page   144  u64 transaction
 * </pre>
 */
final class RecordFileCheck {
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int VERSION = 1;
    private static final int META_PAGE = 0x08;
    private static final int META_LENGTH = 152;

    private RecordFileCheck() {}

    /**
     * Goes on only if the file can be given to LMDB.
     *
     * @throws ConfigurationException if it is something else
     * @throws StoreException if its end is missing or its trees are damaged
     */
    static void check(Path path) {
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            ByteBuffer first = meta(path, file, 0);
            int pageSize = first.getInt(40);
            if (pageSize < 512 || pageSize > 1 << 16 || Integer.bitCount(pageSize) != 1) {
                throw foreign(path, "its page size is " + pageSize);
            }
            ByteBuffer second = meta(path, file, pageSize);
            if (second.getInt(40) != pageSize) {
                throw foreign(path, "its two heads speak of different page sizes");
            }
            ByteBuffer newest = second.getLong(144) > first.getLong(144) ? second : first;
            long pages = newest.getLong(136) + 1;
            if (pages < 2 || pages > file.length() / pageSize) {
                throw new StoreException(
                        "'" + path + "' is truncated: it has " + file.length() + " octets, its head speaks of " + pages
                                + " pages of " + pageSize + "; restore it, or remove it to start anew");
            }
            new PageWalk(path, file, pageSize, pages).walk(newest);
        } catch (IOException e) {
            throw new StoreException("'" + path + "' cannot be read: " + e + "; make it readable and writable", e);
        }
    }

    private static ByteBuffer meta(Path path, RandomAccessFile file, long offset) throws IOException {
        if (file.length() < offset + META_LENGTH) {
            throw new StoreException("'" + path + "' is truncated: it has " + file.length()
                    + " octets, not even its head" + "; restore it, or remove it to start anew");
        }
        byte[] octets = new byte[META_LENGTH];
        file.seek(offset);
        file.readFully(octets);
        ByteBuffer meta = ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
        if ((meta.getShort(10) & META_PAGE) == 0 || meta.getInt(16) != MAGIC || meta.getInt(20) != VERSION) {
            throw foreign(
                    path, "its magic is 0x" + Integer.toHexString(meta.getInt(16)) + ", version " + meta.getInt(20));
        }
        return meta;
    }

    private static ConfigurationException foreign(Path path, String why) {
        return new ConfigurationException("'" + path + "' is not a file of this store (" + why
                + "); it was left as it is, use another directory or move it away");
    }
}
