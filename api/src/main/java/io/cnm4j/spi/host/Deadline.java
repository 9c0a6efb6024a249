package io.cnm4j.spi.host;

import io.cnm4j.api.error.DeadlineException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The moment by which a call must have come back. Immutable, thread-safe. */
public final class Deadline {
    private final LongSupplier nanoTime;
    private final long end;
    private final Duration limit;

    private Deadline(LongSupplier nanoTime, Duration limit) {
        this.nanoTime = nanoTime;
        this.end = nanoTime.getAsLong() + limit.toNanos();
        this.limit = limit;
    }

    /** Returns the deadline {@code limit} from now. */
    public static Deadline after(Duration limit) {
        return after(limit, System::nanoTime);
    }

    /** Returns the deadline {@code limit} from now on the clock {@code nanoTime}, which counts nanoseconds upwards. */
    public static Deadline after(Duration limit, LongSupplier nanoTime) {
        return new Deadline(nanoTime, limit);
    }

    /** Returns the nanoseconds left, 0 when it is over. */
    public long remainingNanos() {
        return Math.max(0, end - nanoTime.getAsLong());
    }

    /** Tells whether it is over. */
    public boolean isOver() {
        return remainingNanos() == 0;
    }

    /**
     * Goes on only if there is time left.
     *
     * @param waitingFor what the caller is about to do, for the message
     * @throws DeadlineException if it is over
     */
    public void check(String waitingFor) {
        if (isOver()) {
            throw expired(waitingFor);
        }
    }

    /** Returns the exception that says what the call was waiting for when its time was over. */
    public DeadlineException expired(String waitingFor) {
        return new DeadlineException("the call's limit of " + limit.toMillis() + " ms was over while waiting for "
                + waitingFor + "; try again, or allow more with NetworkController.within");
    }
}
