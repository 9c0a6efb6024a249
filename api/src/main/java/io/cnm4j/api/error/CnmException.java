package io.cnm4j.api.error;

import org.jspecify.annotations.Nullable;

/** Root of everything cnm4j throws on purpose. */
public abstract class CnmException extends RuntimeException {
    private static final long serialVersionUID = 1;

    protected CnmException(String message) {
        super(message);
    }

    protected CnmException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
