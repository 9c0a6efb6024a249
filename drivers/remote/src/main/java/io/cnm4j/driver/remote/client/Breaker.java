package io.cnm4j.driver.remote.client;

import io.cnm4j.api.error.PluginException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Leaves a plug-in alone that fails again and again; after a rest one call may try it. Thread-safe. */
final class Breaker {
    private static final int MOST = 30;

    private final String plugin;
    private final Limits limits;
    private final LongSupplier nanoTime;
    private int failures; // in a row; guarded by this
    private long closedUntil; // guarded by this
    private int factor = 1; // guarded by this
    private String last = ""; // guarded by this

    Breaker(String plugin, Limits limits, LongSupplier nanoTime) {
        this.plugin = plugin;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /**
     * Goes on unless the plug-in rests. The first caller after a rest tries it for all others.
     *
     * @throws PluginException at once if it rests
     */
    synchronized void enter() {
        if (failures < limits.failures()) {
            return;
        }
        long left = closedUntil - nanoTime.getAsLong();
        if (left > 0) {
            throw new PluginException(
                    plugin,
                    PluginException.Answer.NONE,
                    "plug-in '" + plugin + "' failed " + failures + " times in a row and is asked again in "
                            + Duration.ofNanos(left).toMillis() + " ms; the last failure: " + last
                            + "; see whether it runs",
                    null);
        }
        rest();
    }

    /** The plug-in answered. */
    synchronized void succeeded() {
        failures = 0;
        factor = 1;
    }

    /** The plug-in did not answer, or nothing that makes sense. */
    synchronized void failed(String how) {
        failures++;
        last = how;
        if (failures >= limits.failures()) {
            rest();
            factor = Math.min(MOST, factor * 2);
        }
    }

    private void rest() {
        closedUntil = nanoTime.getAsLong() + limits.rest().toNanos() * factor;
    }
}
