package io.cnm4j.api.error;

/** The controller was closed: open it again. Handles of what was deleted throw {@link NotFoundException}. */
public class ClosedException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public ClosedException(String message) {
        super(message);
    }
}
