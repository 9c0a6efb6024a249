package io.cnm4j.api.error;

/** Something else already holds the name, address, subnet or kernel object that was asked for. */
public class ConflictException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public ConflictException(String message) {
        super(message);
    }
}
