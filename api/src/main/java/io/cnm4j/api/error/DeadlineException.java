package io.cnm4j.api.error;

/** The call's time was over before it could finish; what had been done was undone. */
public class DeadlineException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public DeadlineException(String message) {
        super(message);
    }
}
