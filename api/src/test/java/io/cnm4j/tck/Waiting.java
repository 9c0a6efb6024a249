package io.cnm4j.tck;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does. */
final class Waiting {
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(10);

    private Waiting() {}

    /** Returns when the condition holds, or after ten seconds: the assertion that follows tells what is missing. */
    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT;
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(100_000);
        }
    }
}
