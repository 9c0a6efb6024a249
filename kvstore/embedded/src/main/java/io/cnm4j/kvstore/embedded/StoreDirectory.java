package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.store.Durability;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is ours for as long as the object is open.
 *
 * <pre>
 * lock          locked by the process that has the store open
 * records.mdb   the records, an LMDB file
 * boot          only with PROCESS_END: the boot id under which records.mdb was made
 * </pre>
 */
final class StoreDirectory implements AutoCloseable {
    private final Path path;
    private final RandomAccessFile lock;

    private StoreDirectory(Path path, RandomAccessFile lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the directory if it is absent and locks it. */
    static StoreDirectory hold(Path path) {
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path lockFile = path.resolve("lock");
            // one at a time in this JVM: closing a descriptor of a file gives up the process's locks on it, fcntl(2)
            synchronized (StoreDirectory.class) {
                makePrivate(lockFile);
                return new StoreDirectory(path, lock(path, lockFile));
            }
        } catch (FileAlreadyExistsException e) {
            throw new ConfigurationException("'" + path + "' is not a directory; name another for the store", e);
        } catch (IOException e) {
            throw new StoreException(
                    "store directory '" + path + "' cannot be used: " + e + "; make it readable and writable", e);
        }
    }

    private static RandomAccessFile lock(Path path, Path lockFile) throws IOException {
        LockHolder.of(lockFile).ifPresent(holder -> {
            throw inUse(path, holder);
        });
        var file = new RandomAccessFile(lockFile.toFile(), "rw");
        try {
            @Nullable FileLock taken = file.getChannel().tryLock();
            if (taken == null) {
                throw inUse(path, "another process");
            }
            return file;
        } catch (OverlappingFileLockException e) {
            file.close();
            throw inUse(path, "this process");
        } catch (IOException | RuntimeException | Error failure) {
            file.close();
            throw failure;
        }
    }

    private static ConfigurationException inUse(Path path, String holder) {
        return new ConfigurationException("the store in '" + path + "' is open already, by " + holder
                + "; close it there or use another directory");
    }

    /** Returns the file of the records; it need not exist. */
    Path records() {
        return path.resolve("records.mdb");
    }

    /** Removes what a restart of the machine has made void, and refuses a directory used with another durability. */
    void prepare(Durability durability, Path bootId) {
        try {
            Path boot = path.resolve("boot");
            boolean living = Files.exists(boot, LinkOption.NOFOLLOW_LINKS);
            boolean used = Files.exists(records(), LinkOption.NOFOLLOW_LINKS);
            if ((durability == Durability.POWER_LOSS && living)
                    || (durability == Durability.PROCESS_END && used && !living)) {
                throw new ConfigurationException("the store in '" + path + "' was not made with durability "
                        + durability + "; open it as it was made, or use another directory");
            }
            if (durability == Durability.PROCESS_END) {
                forgetOtherBoots(boot, Files.readString(bootId).strip());
            }
        } catch (IOException e) {
            throw new StoreException(
                    "store directory '" + path + "' cannot be used: " + e + "; make it readable and writable", e);
        }
    }

    private void forgetOtherBoots(Path boot, String now) throws IOException {
        if (Files.exists(boot)) {
            String then = Files.size(boot) > 100
                    ? ""
                    : new String(Files.readAllBytes(boot), java.nio.charset.StandardCharsets.ISO_8859_1).strip();
            if (!isBootId(then)) {
                throw new ConfigurationException(
                        "'" + boot + "' does not hold a boot id: it is damaged or not of this store; remove '" + path
                                + "' to start anew");
            }
            if (then.equals(now)) {
                return;
            }
        }
        Files.deleteIfExists(records()); // never opened: what was not synced when the machine stopped may be torn
        Path next = path.resolve("boot.next");
        Files.deleteIfExists(next);
        makePrivate(next);
        Files.writeString(next, now);
        Files.move(next, boot, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isBootId(String text) {
        try {
            return UUID.fromString(text).toString().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void makePrivate(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
    }

    /** Lets others have the directory. Idempotent. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new StoreException(
                    "the lock of the store in '" + path + "' cannot be closed: " + e + "; it goes with this process",
                    e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
