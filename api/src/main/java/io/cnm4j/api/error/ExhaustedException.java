package io.cnm4j.api.error;

/** A bounded resource (addresses of a pool, subnets, ports of a bridge) has nothing left. */
public class ExhaustedException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public ExhaustedException(String message) {
        super(message);
    }
}
