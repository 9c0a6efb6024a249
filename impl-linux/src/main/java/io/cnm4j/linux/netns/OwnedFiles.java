package io.cnm4j.linux.netns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.spi.plan.OwnedText;
import java.io.ByteArrayOutputStream;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * The files we own, such as a sandbox's hosts file: world-readable, in a directory of their own below one that only root enters.
 * They may be bind-mounted elsewhere, so a file keeps its inode while its content changes.
 */
public final class OwnedFiles {
    /** More characters than these are not read of a file: others can write to it. */
    public static final int LONGEST = 4 << 20;

    /** As many octets of UTF-8 are more characters than {@link #LONGEST}. */
    public static final int MOST_OCTETS = 3 * LONGEST + 3;

    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0x40;
    private static final int O_NOFOLLOW = 0x20000;
    private static final int O_CLOEXEC = 0x80000;

    private OwnedFiles() {}

    /**
     * Makes the file hold this content, in place: see the other.
     *
     * @throws io.cnm4j.api.error.KernelException if it cannot be written
     */
    public static void write(String path, String content, KernelTap tap) {
        write(path, content, Optional.empty(), tap);
    }

    /**
     * Makes the file hold this content, in place and by one write: one read sees the old lines or the new ones, never nothing.
     *
     * @param before what it holds, if that is known: what is left of it is blanked by the same write
     * @throws io.cnm4j.api.error.KernelException if it cannot be written
     */
    public static void write(String path, String content, Optional<String> before, KernelTap tap) {
        String call = "write " + path;
        tap.before(call);
        int fd = openForWriting(path);
        int errno = CALLS.fchmod(fd, 0644) == 0 ? put(fd, content, length(before.orElse(""))) : LibC.errno();
        CALLS.close(fd);
        if (errno != 0) {
            throw Errno.failed(call, errno);
        }
        tap.after(call);
    }

    private static int openForWriting(String path) {
        int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
        int fd = CALLS.open(path, flags, 0644);
        int errno = fd < 0 ? LibC.errno() : 0;
        if (errno == Errno.ENOENT) {
            Directories.make(Directories.parent(path), 0755);
            fd = CALLS.open(path, flags, 0644);
            errno = fd < 0 ? LibC.errno() : 0;
        }
        if (errno != 0) {
            throw Errno.failed("write " + path, errno);
        }
        return fd;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** A reader may see new text cut at the old end of the file: so the file has its new length, of blank lines, before it has the text. */
    private static int put(int fd, String content, int before) {
        int length = length(content);
        String pads = String.valueOf(OwnedText.PAD).repeat(Math.abs(before - length));
        int errno = before > 0 && before < length ? put(fd, pads, (long) before) : 0;
        if (errno == 0) {
            errno = put(fd, before > length ? content + pads : content, 0L);
        }
        return errno != 0 || CALLS.ftruncate(fd, length) == 0 ? errno : LibC.errno();
    }

    private static int put(int fd, String text, long offset) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        Pointer memory =
                octets.length <= Scratch.SIZE ? Scratch.page() : Memory.allocateDirect(LibC.runtime(), octets.length);
        memory.put(0, octets, 0, octets.length);
        int done = 0;
        try {
            while (done < octets.length) {
                long written = CALLS.pwrite(fd, memory.address() + done, octets.length - done, offset + done);
                if (written < 0 && LibC.errno() != Errno.EINTR) {
                    return LibC.errno();
                }
                done += (int) Math.max(0, written);
            }
        } finally {
            Reference.reachabilityFence(memory);
        }
        return 0;
    }

    /**
     * Removes the file, and its directory if that is empty then; absent is fine.
     *
     * @throws io.cnm4j.api.error.KernelException if it cannot be removed
     */
    public static void delete(String path, KernelTap tap) {
        String call = "rm " + path;
        tap.before(call);
        if (CALLS.unlink(path) != 0) {
            int errno = LibC.errno();
            if (errno != Errno.ENOENT && errno != Errno.ENOTDIR) {
                throw Errno.failed(call, errno);
            }
        }
        if (CALLS.rmdir(Directories.parent(path)) != 0) {
            int errno = LibC.errno();
            if (errno != Errno.ENOENT && errno != Errno.ENOTDIR && errno != Errno.ENOTEMPTY && errno != Errno.EEXIST) {
                throw Errno.failed("rmdir " + Directories.parent(path), errno);
            }
        }
        tap.after(call);
    }

    /**
     * Returns what the file holds, if there is one; of one with more characters than {@link #LONGEST} not all.
     *
     * @throws io.cnm4j.api.error.KernelException if it cannot be read
     */
    public static Optional<String> read(String path) {
        int fd = CALLS.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
        int errno = fd < 0 ? LibC.errno() : 0;
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR) {
            return Optional.empty();
        }
        var content = new ByteArrayOutputStream();
        if (errno == 0) {
            errno = take(fd, content);
            CALLS.close(fd);
        }
        if (errno != 0) {
            throw Errno.failed("cat " + path, errno);
        }
        return Optional.of(content.toString(StandardCharsets.UTF_8));
    }

    private static int take(int fd, ByteArrayOutputStream content) {
        Pointer page = Scratch.page();
        byte[] octets = new byte[Scratch.SIZE];
        long count = CALLS.read(fd, page.address(), Scratch.SIZE);
        while (count > 0 && content.size() < MOST_OCTETS) {
            page.get(0, octets, 0, (int) count);
            content.write(octets, 0, (int) count);
            count = CALLS.read(fd, page.address(), Scratch.SIZE);
        }
        return count < 0 ? LibC.errno() : 0;
    }
}
