package io.cnm4j.api.error;

/** No object has this name or id. */
public class NotFoundException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public NotFoundException(String message) {
        super(message);
    }
}
