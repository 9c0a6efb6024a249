package io.cnm4j.linux.netns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** Network namespaces that are held by a file: made, found and let go. */
public final class Namespaces {
    private static final int O_RDONLY = 0;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MS_BIND = 4096;
    private static final int MNT_DETACH = 2;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | O_CLOEXEC;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_FLAGS = 16;
    private static final int IFF_UP = 1;
    private static final long NSFS_MAGIC = 0x6e736673L;
    private static final int NS_GET_NSTYPE = 0xb703;

    private Namespaces() {}

    /**
     * Makes a namespace: its loopback up, its parameters set, held by a new file. On a worker. After a failure nothing is left.
     *
     * @throws ConflictException if there is something at its path
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses a step
     */
    public static void create(NamespaceRef namespace, Map<String, String> sysctls, KernelTap tap) {
        Worker worker = Worker.current();
        String call = "ip netns add " + namespace;
        tap.before(call);
        makeFile(namespace.path());
        try {
            worker.insideNew(() -> {
                raiseLoopback();
                sysctls.forEach((key, value) -> Sysctls.write(key, value, KernelTap.NONE));
                bind("/proc/thread-self/ns/net", namespace, "mount --bind /proc/thread-self/ns/net " + namespace);
                return true;
            });
            tap.after(call);
        } catch (RuntimeException | Error failure) {
            drop(namespace);
            throw failure;
        }
    }

    /**
     * Keeps a namespace by a new file. On a worker. After a failure nothing is left.
     *
     * @param source where it is found
     * @param identity which one it is
     * @throws io.cnm4j.api.error.NotFoundException if there is none, or another one
     * @throws ConflictException if there is something at the path
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses
     */
    public static void hold(NamespaceRef namespace, NamespaceRef source, String identity, KernelTap tap) {
        int fd = openFd(source); // from here on it cannot become another one
        try {
            String open = "/proc/thread-self/fd/" + fd;
            if (!identity(NamespaceRef.at(open)).equals(identity)) {
                throw new NotFoundException("the network namespace at " + source + " is not " + identity
                        + " any more; hand over the one that the container has now");
            }
            String call = "mount --bind " + source + " " + namespace;
            tap.before(call);
            makeFile(namespace.path());
            try {
                bind(open, namespace, call);
                tap.after(call);
            } catch (RuntimeException | Error failure) {
                drop(namespace);
                throw failure;
            }
        } finally {
            CALLS.close(fd);
        }
    }

    private static void bind(String source, NamespaceRef namespace, String call) {
        if (CALLS.mount(source, namespace.path(), null, MS_BIND, null) != 0) {
            throw Errno.failed(call, LibC.errno());
        }
    }

    private static void drop(NamespaceRef namespace) {
        CALLS.umount2(namespace.path(), MNT_DETACH); // mostly not mounted yet
        CALLS.unlink(namespace.path());
    }

    /**
     * Returns which namespace this is, as {@code net:[NUMBER]} (namespaces(7)).
     *
     * @throws NotFoundException if there is no network namespace at its path
     */
    public static String identity(NamespaceRef namespace) {
        if (!exists(namespace)) {
            throw new NotFoundException(
                    "there is no network namespace at '" + namespace + "'; hand over one that is there");
        }
        try {
            return "net:[" + Files.getAttribute(Path.of(namespace.path()), "unix:ino") + "]";
        } catch (IOException e) {
            throw new NotFoundException("the network namespace at '" + namespace + "' has gone: " + e.getMessage());
        }
    }

    private static void makeFile(String path) {
        int fd = CALLS.open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        int errno = fd < 0 ? LibC.errno() : 0;
        if (errno == Errno.ENOENT) {
            Directories.make(Directories.parent(path), 0700);
            fd = CALLS.open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            errno = fd < 0 ? LibC.errno() : 0;
        }
        if (errno == Errno.EEXIST) {
            throw new ConflictException("there is something at " + path
                    + " already, where a network namespace was to be made; remove it or choose another directory");
        }
        if (errno != 0) {
            throw Errno.failed("touch " + path, errno);
        }
        CALLS.close(fd);
    }

    private static void raiseLoopback() {
        int socket = CALLS.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (socket < 0) {
            throw Errno.failed("socket", LibC.errno());
        }
        Pointer request = Scratch.page();
        request.setMemory(0, IFREQ_SIZE, (byte) 0);
        request.putByte(0, (byte) 'l');
        request.putByte(1, (byte) 'o');
        boolean raised = CALLS.ioctl(socket, SIOCGIFFLAGS, request.address()) == 0;
        if (raised) {
            request.putShort(IFREQ_FLAGS, (short) (request.getShort(IFREQ_FLAGS) | IFF_UP));
            raised = CALLS.ioctl(socket, SIOCSIFFLAGS, request.address()) == 0;
        }
        int errno = raised ? 0 : LibC.errno();
        CALLS.close(socket);
        if (errno != 0) {
            throw Errno.failed("ip link set lo up", errno);
        }
    }

    /**
     * Lets a namespace go and removes its file; absent is fine. The kernel ends the namespace when nothing else holds it.
     *
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses
     */
    public static void delete(NamespaceRef namespace, KernelTap tap) {
        String call = "ip netns delete " + namespace;
        tap.before(call);
        if (CALLS.umount2(namespace.path(), MNT_DETACH) != 0) {
            int errno = LibC.errno();
            if (errno != Errno.EINVAL && errno != Errno.ENOENT && errno != Errno.ENOTDIR) { // EINVAL: not mounted
                throw Errno.failed("umount " + namespace, errno);
            }
        }
        if (CALLS.unlink(namespace.path()) != 0) {
            int errno = LibC.errno();
            if (errno != Errno.ENOENT && errno != Errno.ENOTDIR) {
                throw Errno.failed("rm " + namespace, errno);
            }
        }
        tap.after(call);
    }

    /** Tells whether there is a network namespace at this path; true for the host's. */
    public static boolean exists(NamespaceRef namespace) {
        if (namespace.isHost()) {
            return true;
        }
        Pointer page = Scratch.page();
        if (CALLS.statfs(namespace.path(), page.address()) != 0 || (page.getInt(0) & 0xffff_ffffL) != NSFS_MAGIC) {
            return false;
        }
        int fd = CALLS.open(namespace.path(), O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
        if (fd < 0) {
            return false;
        }
        int type = CALLS.ioctl(fd, NS_GET_NSTYPE, 0);
        CALLS.close(fd);
        return type == Worker.CLONE_NEWNET;
    }

    /**
     * Returns a new descriptor of the namespace at a path; the caller closes it.
     *
     * @throws io.cnm4j.api.error.KernelException if it cannot be opened
     */
    public static int openFd(NamespaceRef namespace) {
        int fd = CALLS.open(namespace.path(), O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
        if (fd < 0) {
            throw Errno.failed("open network namespace " + namespace, LibC.errno());
        }
        return fd;
    }

    /**
     * Runs the task on a thread of its own inside the namespace at a path, and waits for it.
     *
     * @throws Exception what the task throws
     * @throws io.cnm4j.api.error.KernelException if the namespace cannot be entered
     */
    public static <T extends @Nullable Object> T visit(NamespaceRef namespace, Callable<T> task) throws Exception {
        int fd = openFd(namespace);
        try {
            return visit(fd, task);
        } finally {
            CALLS.close(fd);
        }
    }

    static <T extends @Nullable Object> T visit(int fd, Callable<T> task) throws Exception {
        var thread = new SandboxThread<T>(fd, task);
        thread.start();
        return thread.await();
    }
}
