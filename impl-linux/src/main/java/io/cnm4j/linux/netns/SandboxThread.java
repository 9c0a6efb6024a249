package io.cnm4j.linux.netns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A platform thread that enters a namespace, runs one task of the user's, and ends. */
final class SandboxThread<T extends @Nullable Object> extends Thread {
    private final NamespaceWorkers workers;
    private final NamespaceRef namespace;
    private final Callable<T> task;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result; // written before done is counted down
    private @Nullable Throwable failure; // the same

    SandboxThread(NamespaceWorkers workers, NamespaceRef namespace, Callable<T> task) {
        super("cnm4j-sandbox");
        this.workers = workers;
        this.namespace = namespace;
        this.task = task;
        setDaemon(true);
    }

    @Override
    public void run() {
        try {
            enter();
            result = task.call();
        } catch (Throwable thrown) { // all of it belongs to the caller
            failure = thrown;
        }
        done.countDown();
    }

    private void enter() {
        int fd = namespace.isHost() ? workers.home() : Namespaces.openFd(namespace);
        int errno = workers.setns(fd);
        if (!namespace.isHost()) {
            CALLS.close(fd);
        }
        if (errno != 0) {
            throw Errno.failed("setns " + namespace, errno);
        }
    }

    /** Waits for the task, however long it takes; an interrupt of the caller is passed on to the task. */
    T await() throws Exception {
        boolean interrupted = false;
        while (done.getCount() > 0) {
            try {
                done.await();
            } catch (InterruptedException e) {
                interrupted = true;
                interrupt();
            }
        }
        if (interrupted) {
            currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (Exception) failure;
        }
        return result;
    }
}
