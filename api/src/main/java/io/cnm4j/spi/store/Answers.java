package io.cnm4j.spi.store;

import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.host.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the answers of servers. */
public final class Answers {
    private Answers() {}

    /**
     * Returns the answer. An interrupt does not end the wait, since the call's outcome would be unknown; the thread stays interrupted.
     *
     * @param what is waited for, for messages
     * @throws io.cnm4j.api.error.DeadlineException if time is over first; the future is cancelled
     * @throws StoreException if the call failed; the cause says why. A failure that is unchecked is thrown as it is
     */
    public static <T> T await(CompletableFuture<T> answer, Deadline deadline, String what) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    answer.cancel(true);
                    throw deadline.expired(what);
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException unchecked) {
                        throw unchecked;
                    }
                    throw new StoreException(
                            "no answer to " + what + ": " + e.getCause() + "; see that the server runs", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
