package io.cnm4j.driver.remote.protocol;

/** What the other side sent cannot be read; the message names the field and its value. */
public final class BadMessageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message the field, what it should be, and what it is */
    public BadMessageException(String message) {
        super(message);
    }
}
