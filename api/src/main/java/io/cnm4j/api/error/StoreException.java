package io.cnm4j.api.error;

import org.jspecify.annotations.Nullable;

/** The key-value store could not read or write: the records are as they were. Try again when the cause is gone. */
public class StoreException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public StoreException(String message) {
        super(message);
    }

    /**
     * @param message what happened, with which values, and what to do now
     * @param cause the failure behind it, or null
     */
    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
