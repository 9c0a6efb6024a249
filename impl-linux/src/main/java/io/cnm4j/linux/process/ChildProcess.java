package io.cnm4j.linux.process;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A child of this JVM that ProcessBuilder did not start. Thread-safe. */
final class ChildProcess extends Process {
    private static final Logger LOG = System.getLogger(ChildProcess.class.getName());
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int P_PID = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIGNALLED = 128;
    private static final int UNKNOWN_STATUS = 255;
    private static final long STACK_SIZE = 256 * 1024;

    private final int pid;
    private final ProcessHandle handle;
    private final String program;
    private final Streams streams;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CompletableFuture<Process> exit = new CompletableFuture<>();
    private final Object reaping = new Object();
    private int status; // written before ended is counted down
    private boolean reaped; // guarded by reaping

    private ChildProcess(int pid, String program, Streams streams) {
        this.pid = pid;
        this.handle = ProcessHandle.of(pid).orElseThrow(); // not waited for yet, so it is there
        this.program = program;
        this.streams = streams;
    }

    /** Starts the thread that waits for the process, in the caller's namespace, and returns the process. */
    static ChildProcess watch(int pid, String program, Streams streams) {
        var process = new ChildProcess(pid, program, streams);
        var thread = new Thread(null, process::reap, "cnm4j-process-" + pid, STACK_SIZE, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ChildProcess.class.getClassLoader());
        try {
            thread.start();
        } catch (Throwable outOfThreads) {
            CALLS.kill(pid, SIGKILL);
            process.reap();
            throw outOfThreads;
        }
        return process;
    }

    private void reap() {
        int errno = Errno.EINTR;
        // first wait without taking it: until it is taken, its number is not given to another
        while (errno == Errno.EINTR) {
            errno = CALLS.waitid(P_PID, pid, 0, WEXITED | WNOWAIT) == 0 ? 0 : LibC.errno();
        }
        synchronized (reaping) {
            long word = Scratch.page().address();
            status = CALLS.waitpid(pid, word, 0) == pid
                    ? exitStatus(Scratch.page().getInt(0))
                    : UNKNOWN_STATUS;
            reaped = true;
        }
        try {
            streams.processEnded();
        } catch (IOException e) { // of close(2) on a pipe: nothing is lost by it
            LOG.log(Level.WARNING, "could not close the standard input of " + this, e);
        }
        ended.countDown();
        exit.complete(this);
    }

    private static int exitStatus(int word) {
        int signal = word & 0x7f;
        return signal == 0 ? word >> 8 & 0xff : SIGNALLED + signal;
    }

    private void signal(int number) {
        synchronized (reaping) {
            if (!reaped) {
                CALLS.kill(pid, number); // it may be ending at this moment; that is what was asked for
            }
        }
    }

    @Override
    public OutputStream getOutputStream() {
        return streams.toChild();
    }

    @Override
    public InputStream getInputStream() {
        return streams.fromChild();
    }

    @Override
    public InputStream getErrorStream() {
        return streams.errorFromChild();
    }

    @Override
    public int waitFor() throws InterruptedException {
        ended.await();
        return status;
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        return ended.await(timeout, unit);
    }

    @Override
    public int exitValue() {
        if (isAlive()) {
            throw new IllegalThreadStateException("process " + pid + " has not ended; use waitFor");
        }
        return status;
    }

    @Override
    public boolean isAlive() {
        return ended.getCount() > 0;
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return exit.copy();
    }

    @Override
    public void destroy() {
        signal(SIGTERM);
    }

    @Override
    public Process destroyForcibly() {
        signal(SIGKILL);
        return this;
    }

    @Override
    public boolean supportsNormalTermination() {
        return true;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public ProcessHandle toHandle() {
        return handle;
    }

    @Override
    public String toString() {
        return "Process[pid=" + pid + ", program=" + program + ", exitValue=" + (isAlive() ? "\"not exited\"" : status)
                + "]";
    }
}
