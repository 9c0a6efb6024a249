package io.cnm4j.tck;

import io.cnm4j.spi.host.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock on which each change of the host takes a second. Thread-safe. */
final class ChangeClock implements WriteTap {
    private final AtomicLong seconds = new AtomicLong();

    @Override
    public void after(String change) {
        seconds.incrementAndGet();
    }

    /** Returns the deadline that is over after so many more changes. */
    Deadline over(int changes) {
        return Deadline.after(
                Duration.ofSeconds(changes),
                () -> Duration.ofSeconds(seconds.get()).toNanos());
    }
}
