package io.cnm4j.linux;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/** A thread in a network namespace of its own, which ends with it; runs one thing after another. */
final class NamespaceThread {
    private static final int CLONE_NEWNET = 0x40000000;

    private final LinkedBlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> namespace = new CompletableFuture<>();
    private final Thread thread = new Thread(this::work, "kernel-test");
    private boolean ended; // used by its own thread alone

    /** Something that may throw anything. */
    interface Step {
        void run() throws Throwable;
    }

    NamespaceThread() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns the path of its namespace, valid while it lives. */
    String namespace() {
        return namespace.join();
    }

    private void work() {
        try {
            if (CALLS.unshare(CLONE_NEWNET) != 0) {
                throw Errno.failed("unshare --net", LibC.errno());
            }
            Files.writeString(
                    Path.of("/proc/sys/net/ipv4/ip_forward"), "0"); // the kernel copies that of the first namespace
            namespace.complete("/proc/" + Files.readSymbolicLink(Path.of("/proc/thread-self")) + "/ns/net");
            while (!ended) {
                steps.take().run();
            }
        } catch (Throwable failure) {
            namespace.completeExceptionally(failure);
        }
    }

    /** Runs the step on this thread and throws what it throws. */
    void run(Step step) throws Throwable {
        var done = new CompletableFuture<Boolean>();
        steps.add(() -> {
            try {
                step.run();
                done.complete(true);
            } catch (Throwable failure) {
                done.completeExceptionally(failure);
            }
        });
        try {
            done.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    /** Lets the thread and its namespace go. */
    void end() {
        steps.add(() -> ended = true);
    }
}
