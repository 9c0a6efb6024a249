package io.cnm4j.api.error;

/** The object still serves others: detach or delete those first. */
public class InUseException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public InUseException(String message) {
        super(message);
    }
}
