package io.cnm4j.tck;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does. */
public final class Waiting {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Waiting() {}

    /** Returns when the condition holds, or after ten seconds: the assertion that follows tells what is missing. */
    public static void until(BooleanSupplier condition) {
        until(condition, LIMIT);
    }

    /** Returns when the condition holds, or after this limit. */
    public static void until(BooleanSupplier condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(100_000);
        }
    }
}
