package io.cnm4j.benchmarks.restart;

import io.cnm4j.linux.KernelTap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts changes of the kernel and of files, stores excepted. Thread-safe. */
final class WriteCount implements KernelTap {
    private final AtomicInteger writes = new AtomicInteger();

    int writes() {
        return writes.get();
    }

    @Override
    public void before(String call) {
        if (!call.startsWith("store ")) {
            writes.incrementAndGet();
        }
    }

    @Override
    public void after(String call) {}
}
