package io.cnm4j.linux.netns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.spi.plan.NamespaceRef;
import org.jspecify.annotations.Nullable;

/** A thread that may enter namespaces. It is born into the host namespace of its pool, whoever starts it. */
final class Worker extends Thread {
    static final int CLONE_NEWNET = 0x40000000;

    private final NamespaceWorkers pool;
    private final WorkerContext context = new WorkerContext(this);
    private final int home;
    private int where; // descriptor of the namespace this thread is in; used by this thread alone

    Worker(NamespaceWorkers pool, int number, int home) {
        super(null, null, "cnm4j-worker-" + number, 0, false);
        this.pool = pool;
        this.home = home;
        this.where = home;
        setDaemon(true);
        setContextClassLoader(Worker.class.getClassLoader());
    }

    /** Returns the calling thread, if it is a worker. */
    static Worker current() {
        if (Thread.currentThread() instanceof Worker worker) {
            return worker;
        }
        throw new IllegalStateException(Thread.currentThread().getName()
                + " is not a namespace worker; enter a namespace only in a task of NamespaceWorkers.call");
    }

    WorkerContext context() {
        return context;
    }

    NamespaceWorkers pool() {
        return pool;
    }

    boolean isAway() {
        return where != home;
    }

    @Override
    public void run() {
        int errno = setns(home);
        KernelException lost = errno == 0 ? null : Errno.failed("setns to the host namespace", errno);
        try {
            work(lost);
        } finally {
            context.closeAll();
            pool.ended(this);
        }
    }

    private void work(@Nullable KernelException lost) {
        HandOff<?> next = pool.next();
        while (next != null) {
            if (lost != null) {
                next.refuse(lost);
                return;
            }
            if (next.run() != null) {
                return;
            }
            next = pool.next();
        }
    }

    /** Runs the task inside {@code target}, then goes back to where this thread was. */
    <T extends @Nullable Object, X extends Exception> T inside(NamespaceRef target, Task<T, X> task) throws X {
        if (target.isHost() && !isAway()) {
            return task.call();
        }
        int fd = target.isHost() ? home : Namespaces.openFd(target);
        try {
            return inside(target, fd, task);
        } finally {
            if (fd != home) {
                CALLS.close(fd);
            }
        }
    }

    /** The same; {@code fd} is of the target, if that is not the host. */
    <T extends @Nullable Object, X extends Exception> T inside(NamespaceRef target, int fd, Task<T, X> task) throws X {
        if (target.isHost() && !isAway()) {
            return task.call();
        }
        int before = where;
        int there = target.isHost() ? home : fd;
        int errno = setns(there);
        if (errno != 0) {
            throw Errno.failed("setns " + target, errno);
        }
        where = there;
        try {
            return task.call();
        } finally {
            goBack(before);
        }
    }

    /** Runs the task inside a namespace that is made for it and that ends with it, unless the task keeps it. */
    <T extends @Nullable Object, X extends Exception> T insideNew(Task<T, X> task) throws X {
        int before = where;
        if (CALLS.unshare(CLONE_NEWNET) != 0) {
            throw Errno.failed("unshare --net", LibC.errno());
        }
        where = -1;
        try {
            return task.call();
        } finally {
            goBack(before);
        }
    }

    private void goBack(int fd) {
        int errno = setns(fd);
        if (errno != 0) {
            throw new NamespaceLostError(getName() + " could not return to its namespace, setns failed with "
                    + Errno.name(errno) + "; the thread ends");
        }
        where = fd;
    }

    private int setns(int fd) {
        return pool.setns(fd);
    }
}
