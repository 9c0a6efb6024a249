package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Durability;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.KeyRange;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Txn;

/**
 * The LMDB file: transactions over keys and values in octets, and the highest revision that was given out.
 *
 * <p>LMDB's own lock file is not used, since it is mapped and a full disk would end the JVM with SIGBUS; a lock of ours keeps
 * readers and the writer apart. The file is as long as its map from the start, though sparse, so that one that lost its end
 * can be told. Thread-safe.
 */
final class RecordFile implements AutoCloseable {
    private static final long FIRST_MAP = 16L << 20;
    private static final long PAGE = 1 << 16; // the largest page of any kernel
    private static final long LAST_MAP = 1L << 40;
    private static final byte[] HEAD_KEY = {0};
    private static final long FORMAT = 0x636e6d346a2d3031L; // "cnm4j-01"

    private final Path path;
    private final Durability durability;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private Env<byte[]> env; // guarded by lock
    private Dbi<byte[]> records; // guarded by lock
    private long mapSize; // guarded by lock
    private long revision; // guarded by lock
    private boolean closed; // guarded by lock

    private RecordFile(Path path, Durability durability, Env<byte[]> env, long mapSize) {
        this.path = path;
        this.durability = durability;
        this.env = env;
        this.records = env.openDbi((byte[]) null);
        this.mapSize = mapSize;
    }

    /** Opens the file, or makes it. */
    static RecordFile open(Path path, Durability durability) {
        try {
            if (!Files.exists(path)) {
                make(path);
            }
            RecordFileCheck.check(path);
            long mapSize = Math.max(FIRST_MAP, Files.size(path) + PAGE - 1 & -PAGE);
            var file = new RecordFile(path, durability, env(path, mapSize, durability), mapSize);
            try {
                file.stretch(mapSize);
                file.readHead();
                return file;
            } catch (IOException | RuntimeException | Error failure) {
                file.close();
                throw failure;
            }
        } catch (IOException | LmdbException e) {
            throw new StoreException(
                    "'" + path + "' cannot be opened: " + e + "; see that the disk is writable and has room", e);
        }
    }

    /** Makes the file whole under another name, so that under its own it is either absent or complete. */
    private static void make(Path path) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".next");
        Files.deleteIfExists(next);
        try (Env<byte[]> env = env(next, FIRST_MAP, Durability.POWER_LOSS)) {
            Dbi<byte[]> records = env.openDbi((byte[]) null);
            try (Txn<byte[]> txn = env.txnWrite()) {
                records.put(txn, HEAD_KEY, head(0));
                txn.commit();
            }
            try (var file = new RandomAccessFile(next.toFile(), "rw")) {
                file.setLength(FIRST_MAP);
                file.getFD().sync();
            }
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(path.toAbsolutePath().getParent());
    }

    private static void syncDirectory(@Nullable Path directory) throws IOException {
        boolean interrupted = Thread.interrupted(); // a channel would close itself
        try (var channel = java.nio.channels.FileChannel.open(java.util.Objects.requireNonNull(directory))) {
            channel.force(true);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Env<byte[]> env(Path path, long mapSize, Durability durability) {
        try {
            var builder = Env.create(ByteArrayProxy.PROXY_BA).setMapSize(mapSize);
            return durability == Durability.POWER_LOSS
                    ? builder.open(path.toFile(), 0600, EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOLOCK)
                    : builder.open(
                            path.toFile(), 0600, EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOLOCK, EnvFlags.MDB_NOSYNC);
        } catch (LinkageError e) {
            throw new ConfigurationException(
                    "LMDB's native library cannot be loaded: " + e
                            + "; see that the directory of -Djava.io.tmpdir is writable and may hold programs",
                    e);
        }
    }

    private void stretch(long size) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            if (file.length() < size) {
                file.setLength(size);
                file.getFD().sync();
            }
        }
    }

    private void readHead() {
        byte @Nullable [] head = read(view -> view.get(HEAD_KEY));
        if (head == null || head.length != 16 || ByteBuffer.wrap(head).getLong() != FORMAT) {
            throw new ConfigurationException(
                    "'" + path + "' is an LMDB file, but not of this store; it was left as it is, "
                            + "use another directory or move it away");
        }
        revision = ByteBuffer.wrap(head).getLong(8);
    }

    private static byte[] head(long revision) {
        return ByteBuffer.allocate(16).putLong(FORMAT).putLong(revision).array();
    }

    /** Returns what the reader makes of one consistent state. */
    <T extends @Nullable Object> T read(Function<View, T> reader) {
        lock.readLock().lock();
        try {
            checkOpen();
            try (Txn<byte[]> txn = env.txnRead()) {
                return reader.apply(new View(txn));
            }
        } catch (LmdbException e) {
            throw new StoreException("'" + path + "' cannot be read: " + e.getMessage() + "; check the disk", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Carries out a transaction; all of it or nothing. The work may be called again, after it was undone.
     *
     * @param work counts up {@link Edit#revision} and writes
     */
    void write(Consumer<Edit> work) {
        lock.writeLock().lock();
        try {
            checkOpen();
            while (true) {
                try {
                    transact(work);
                    return;
                } catch (Env.MapFullException e) {
                    grow(e);
                }
            }
        } catch (LmdbNativeException.PanicException e) {
            reopen(e);
            throw notWritten(e);
        } catch (LmdbException | IOException e) {
            throw notWritten(e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void transact(Consumer<Edit> work) {
        try (Txn<byte[]> txn = env.txnWrite()) {
            var edit = new Edit(txn, revision);
            work.accept(edit);
            if (edit.revision != revision) {
                records.put(txn, HEAD_KEY, head(edit.revision));
                txn.commit();
                revision = edit.revision;
            }
        }
    }

    private void grow(Env.MapFullException cause) throws IOException {
        if (mapSize >= LAST_MAP) {
            throw new StoreException(
                    "'" + path + "' has reached " + LAST_MAP + " octets and grows no further; delete records", cause);
        }
        stretch(mapSize * 2);
        env.setMapSize(mapSize * 2);
        mapSize *= 2;
    }

    private void reopen(LmdbNativeException.PanicException cause) {
        env.close();
        closed = true;
        try {
            env = env(path, mapSize, durability);
            records = env.openDbi((byte[]) null);
            closed = false;
            readHead();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private StoreException notWritten(Exception cause) {
        return new StoreException(
                "'" + path + "' cannot be written: " + cause.getMessage()
                        + "; nothing was changed, make room on the disk and try again",
                cause);
    }

    private void checkOpen() {
        if (closed) {
            throw new io.cnm4j.api.error.ClosedException(
                    "the store in '" + path.getParent() + "' is closed; open it again");
        }
    }

    /** Waits for what is going on, then closes the file. Idempotent. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                env.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** A transaction that reads. */
    class View {
        private final Txn<byte[]> txn;

        View(Txn<byte[]> txn) {
            this.txn = txn;
        }

        /** Returns the value under the key, null if there is none. */
        byte @Nullable [] get(byte[] key) {
            return records.get(txn, key);
        }

        /** Visits entries whose key starts with the prefix, in order. */
        void each(byte[] prefix, java.util.function.BiConsumer<byte[], byte[]> visitor) {
            try (CursorIterable<byte[]> entries = records.iterate(txn, KeyRange.atLeast(prefix))) {
                for (CursorIterable.KeyVal<byte[]> entry : entries) {
                    if (!startsWith(entry.key(), prefix)) {
                        return;
                    }
                    visitor.accept(entry.key(), entry.val());
                }
            }
        }

        private boolean startsWith(byte[] key, byte[] prefix) {
            return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
        }
    }

    /** A transaction that writes. */
    final class Edit extends View {
        private final Txn<byte[]> txn;
        private long revision;

        private Edit(Txn<byte[]> txn, long revision) {
            super(txn);
            this.txn = txn;
            this.revision = revision;
        }

        /** Takes the next revision. */
        long nextRevision() {
            return ++revision;
        }

        void put(byte[] key, byte[] value) {
            records.put(txn, key, value);
        }

        void delete(byte[] key) {
            records.delete(txn, key);
        }
    }
}
