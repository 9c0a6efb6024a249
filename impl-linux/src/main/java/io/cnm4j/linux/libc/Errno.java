package io.cnm4j.linux.libc;

import io.cnm4j.api.error.KernelException;

/** Error numbers of Linux, errno(3), and the exceptions they become. */
public final class Errno {
    /** Not permitted. */
    public static final int EPERM = 1;
    /** No such file, link or key. */
    public static final int ENOENT = 2;
    /** No such process. */
    public static final int ESRCH = 3;
    /** Interrupted by a signal. */
    public static final int EINTR = 4;
    /** Not an executable file. */
    public static final int ENOEXEC = 8;
    /** Not an open descriptor. */
    public static final int EBADF = 9;
    /** Would have to wait. */
    public static final int EAGAIN = 11;
    /** No such child. */
    public static final int ECHILD = 10;
    /** Access denied. */
    public static final int EACCES = 13;
    /** In use. */
    public static final int EBUSY = 16;
    /** Exists already. */
    public static final int EEXIST = 17;
    /** A part of the path is not a directory. */
    public static final int ENOTDIR = 20;
    /** Refused value. */
    public static final int EINVAL = 22;
    /** This process has too many open files. */
    public static final int EMFILE = 24;
    /** A limit of the kernel is reached. */
    public static final int ENOSPC = 28;
    /** Read-only file system. */
    public static final int EROFS = 30;
    /** The directory holds something. */
    public static final int ENOTEMPTY = 39;
    /** The message is larger than the path takes. */
    public static final int EMSGSIZE = 90;
    /** The kernel has no such protocol. */
    public static final int EPROTONOSUPPORT = 93;
    /** Not supported by this kernel or this device. */
    public static final int EOPNOTSUPP = 95;
    /** Out of memory. */
    public static final int ENOMEM = 12;
    /** No such link. */
    public static final int ENODEV = 19;
    /** No more ports: a bridge has BR_MAX_PORTS, net/bridge/br_private.h. */
    public static final int EXFULL = 54;
    /** Not supported address family. */
    public static final int EAFNOSUPPORT = 97;
    /** The address and port have an owner. */
    public static final int EADDRINUSE = 98;
    /** No such address. */
    public static final int EADDRNOTAVAIL = 99;
    /** No route to the gateway. */
    public static final int ENETUNREACH = 101;
    /** Out of buffers. */
    public static final int ENOBUFS = 105;

    private Errno() {}

    /** Returns the symbol of {@code errno}, such as {@code EEXIST}. */
    public static String name(int errno) {
        return jnr.constants.platform.Errno.valueOf(errno).name();
    }

    /** Returns the exception for a call on files or namespaces that failed with {@code errno}, with the usual advice. */
    public static KernelException failed(String operation, int errno) {
        return failed(operation, errno, advice(errno));
    }

    /** Returns the exception for a call that failed with {@code errno}. */
    public static KernelException failed(String operation, int errno, String advice) {
        return new KernelException(operation, errno, name(errno), "", advice);
    }

    /** Returns what to do about it. */
    public static String advice(int errno) {
        return switch (errno) {
            case EPERM, EACCES ->
                "run with CAP_SYS_ADMIN and CAP_NET_ADMIN, and see that the path belongs to this user";
            case ENOENT -> "see whether something else removed it";
            case EMFILE -> "raise the limit of open files of this process (ulimit -n)";
            case ENOSPC -> "raise user.max_net_namespaces or fs.mount-max, or free space on the file system";
            case EROFS -> "the file system is read-only; remount it, or choose another directory";
            case EINVAL -> "see whether the path is a network namespace";
            default -> "look up " + name(errno) + " in errno(3)";
        };
    }
}
