package io.cnm4j.linux.netns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A platform thread that enters a namespace, runs one task there, and ends. */
final class SandboxThread<T extends @Nullable Object> extends Thread {
    static {
        openWhatTheJdkKeeps();
    }

    private final int namespace;
    private final Callable<T> task;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result; // written before done is counted down
    private @Nullable Throwable failure; // the same

    /** @param namespace its descriptor, which must stay open until {@link #await} returns */
    SandboxThread(int namespace, Callable<T> task) {
        super("cnm4j-sandbox");
        this.namespace = namespace;
        this.task = task;
        setDaemon(true);
    }

    /**
     * The JDK makes a pair of sockets with its first socket and keeps them (sun.nio.ch.UnixDispatcher): made by a task, they would
     * hold its namespace as long as the JVM lives. This is run by a thread that makes the first of these, outside.
     */
    private static void openWhatTheJdkKeeps() {
        try {
            new ServerSocket().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void run() {
        try {
            if (CALLS.setns(namespace, Worker.CLONE_NEWNET) != 0) {
                throw Errno.failed("setns", LibC.errno());
            }
            result = task.call();
        } catch (Throwable thrown) { // all of it belongs to the caller
            failure = thrown;
        }
        done.countDown();
    }

    /** Waits for the task, however long it takes; an interrupt of the caller is passed on to the task. */
    @SuppressWarnings("NullAway") // null only where T allows it: then it is what the task returned
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
