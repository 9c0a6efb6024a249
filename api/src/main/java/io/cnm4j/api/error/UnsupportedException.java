package io.cnm4j.api.error;

/** This kernel or this driver cannot do what was asked for; the message says what would. */
public class UnsupportedException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public UnsupportedException(String message) {
        super(message);
    }
}
