package io.cnm4j.core;

import org.jspecify.annotations.Nullable;

/** Goes on after a failure; the first is thrown at the end, the others suppressed. Not thread-safe. */
final class Failures {
    private @Nullable Throwable first;

    void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            if (first == null) {
                first = failure;
            } else {
                first.addSuppressed(failure);
            }
        }
    }

    void throwFirst() {
        if (first instanceof Error error) {
            throw error;
        } else if (first instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
