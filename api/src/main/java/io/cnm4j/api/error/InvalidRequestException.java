package io.cnm4j.api.error;

/** The request is wrong in itself or for this network: correct it, then try again. */
public class InvalidRequestException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public InvalidRequestException(String message) {
        super(message);
    }
}
