package io.cnm4j.linux.sysctl;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * Kernel parameters of the namespace the calling thread is in. A key is written with dots, as sysctl(8) has it; a slash in it
 * stands for a dot in an interface name: {@code net.ipv4.conf.eth0/100.forwarding}.
 */
public final class Sysctls {
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;

    private Sysctls() {}

    /**
     * Returns the value without its line end, if the kernel has the parameter.
     *
     * @throws InvalidRequestException if the key is not one
     * @throws KernelException if it cannot be read
     */
    public static Optional<String> read(String key) {
        int fd = CALLS.open(path(key), O_RDONLY | O_CLOEXEC, 0);
        int errno = fd < 0 ? LibC.errno() : 0;
        if (errno == Errno.ENOENT) {
            return Optional.empty();
        }
        if (errno != 0) {
            throw failed("sysctl " + key, errno);
        }
        Pointer page = Scratch.page();
        long count = CALLS.read(fd, page.address(), Scratch.SIZE);
        errno = count < 0 ? LibC.errno() : 0;
        CALLS.close(fd);
        if (errno != 0) {
            throw failed("sysctl " + key, errno);
        }
        byte[] octets = new byte[(int) count];
        page.get(0, octets, 0, octets.length);
        return Optional.of(new String(octets, StandardCharsets.UTF_8).stripTrailing());
    }

    /**
     * Sets the parameter.
     *
     * @throws InvalidRequestException if the key is not one or the value is longer than a page
     * @throws KernelException if the kernel lacks the parameter or refuses the value
     */
    public static void write(String key, String value, KernelTap tap) {
        String path = path(key);
        byte[] octets = value.getBytes(StandardCharsets.UTF_8);
        if (octets.length == 0 || octets.length >= Scratch.SIZE) {
            throw new InvalidRequestException("the value of " + key + " has " + octets.length
                    + " octets; it must have 1 to " + (Scratch.SIZE - 1));
        }
        String call = "sysctl -w " + key + "=" + value;
        tap.before(call);
        int errno = put(path, octets);
        if (errno != 0) {
            throw failed(call, errno);
        }
        tap.after(call);
    }

    private static int put(String path, byte[] octets) {
        int fd = CALLS.open(path, O_WRONLY | O_CLOEXEC, 0);
        if (fd < 0) {
            return LibC.errno();
        }
        Pointer page = Scratch.page();
        page.put(0, octets, 0, octets.length);
        int errno = CALLS.write(fd, page.address(), octets.length) < 0 ? LibC.errno() : 0;
        CALLS.close(fd);
        return errno;
    }

    /** Returns the file of a key: dots and slashes trade places. */
    static String path(String key) {
        var path = new StringBuilder("/proc/sys/");
        int start = 0;
        if (key.startsWith("/")) {
            throw bad(key);
        }
        for (int i = 0; i <= key.length(); i++) {
            char c = i < key.length() ? key.charAt(i) : '.';
            if (c == '.') {
                check(key, key.substring(start, i));
                start = i + 1;
            }
            if (i < key.length()) {
                path.append(c == '.' ? '/' : c == '/' ? '.' : c);
            }
        }
        return path.toString();
    }

    private static void check(String key, String part) {
        if (part.isEmpty() || part.equals("/") || part.equals("//") || part.indexOf('\0') >= 0) {
            throw bad(key);
        }
    }

    private static InvalidRequestException bad(String key) {
        return new InvalidRequestException(
                "'" + key + "' is not a kernel parameter; write it like net.ipv4.ip_forward, and "
                        + "net.ipv4.conf.eth0/100.forwarding for an interface whose name has a dot");
    }

    private static KernelException failed(String call, int errno) {
        return Errno.failed(
                call,
                errno,
                switch (errno) {
                    case Errno.ENOENT ->
                        "this kernel or this namespace has no such parameter; see whether its interface or module is there";
                    case Errno.EPERM, Errno.EACCES ->
                        "run with CAP_NET_ADMIN; some parameters can be set in the first namespace only";
                    case Errno.EROFS -> "/proc/sys is mounted read-only; remount it, or run outside that container";
                    case Errno.EINVAL -> "the kernel refuses this value; look it up in its documentation";
                    default -> "look up " + Errno.name(errno) + " in errno(3)";
                });
    }
}
