package io.cnm4j.linux.executor;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.spi.plan.KernelOp;
import java.util.List;

/** The kernel's no, as an exception. */
final class Refusal {
    private Refusal() {}

    /** Goes on only if the kernel agreed to all. */
    static void check(List<Reply> replies, KernelOp op) {
        for (Reply reply : replies) {
            check(reply, op);
        }
    }

    /** Goes on only if the kernel agreed. */
    static void check(Reply reply, KernelOp op) {
        if (!reply.ok()) {
            throw of(reply, op);
        }
    }

    /** Goes on if the kernel agreed or says that the thing is not there. */
    static void checkGone(List<Reply> replies, KernelOp op) {
        replies.stream()
                .filter(reply -> !reply.ok() && !saysGone(reply))
                .findFirst()
                .ifPresent(reply -> {
                    throw of(reply, op);
                });
    }

    /** Tells whether the reason is that the thing is not there. */
    static boolean saysGone(Reply reply) {
        return switch (reply.errno()) {
            case Errno.ENOENT, Errno.ENODEV, Errno.ESRCH, Errno.EADDRNOTAVAIL -> true;
            default -> false;
        };
    }

    /** Returns the exception for an operation that was refused. */
    static KernelException of(Reply reply, KernelOp op) {
        return new KernelException(
                op.render().get(0), reply.errno(), Errno.name(reply.errno()), reply.says(), advice(reply.errno()));
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES ->
                "run with CAP_NET_ADMIN in the user namespace that owns the network namespace";
            case Errno.EEXIST ->
                "something made the same at the same moment or left it behind; look at it with the line above, remove it and try again";
            case Errno.EOPNOTSUPP, Errno.EAFNOSUPPORT ->
                "this kernel was built without it or its module cannot be loaded; load it or use another kernel";
            case Errno.ENODEV -> "a link that the operation needs is gone; see who removes links there and try again";
            case Errno.ENETUNREACH -> "the gateway lies in none of the interface's subnets; choose one that does";
            case Errno.EINVAL -> "the kernel refuses a value; compare it with what ip(8) and nft(8) allow there";
            case Errno.ENOBUFS, Errno.ENOMEM, Errno.ENOSPC ->
                "the kernel is out of room for it; free memory or remove networks";
            case Errno.EBUSY -> "it is in use; see by what and try again";
            default -> "look up " + Errno.name(errno) + " in errno(3)";
        };
    }
}
