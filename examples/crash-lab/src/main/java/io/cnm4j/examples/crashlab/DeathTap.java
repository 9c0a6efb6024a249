package io.cnm4j.examples.crashlab;

import io.cnm4j.linux.KernelTap;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends the process at once, before or after one of its kernel or store calls. Thread-safe. */
final class DeathTap implements KernelTap {
    /** The exit code of a process that SIGKILL ended. */
    static final int KILLED = 137;

    private volatile boolean before;
    private final AtomicInteger countdown = new AtomicInteger();
    private final AtomicInteger kernelWrites = new AtomicInteger();

    /**
     * Says when the process dies; calls are counted anew.
     *
     * @param call number of the call, from 1; 0 for none
     * @param beforeIt whether death comes before the call or after it
     */
    void arm(int call, boolean beforeIt) {
        before = beforeIt;
        countdown.set(call);
    }

    int kernelWrites() {
        return kernelWrites.get();
    }

    @Override
    public void before(String call) {
        if (!call.startsWith("store ")) {
            kernelWrites.incrementAndGet();
        }
        if (before) {
            count("before " + call);
        }
    }

    @Override
    public void after(String call) {
        if (!before) {
            count("after " + call);
        }
    }

    private void count(String moment) {
        if (countdown.decrementAndGet() == 0) {
            System.out.println("dies " + moment);
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
