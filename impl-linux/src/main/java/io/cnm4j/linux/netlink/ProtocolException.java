package io.cnm4j.linux.netlink;

import io.cnm4j.api.error.CnmException;

/** The kernel's answer is not what the protocol promises: a fault in this library or in the kernel. */
public class ProtocolException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what was read, where, and what was expected */
    public ProtocolException(String message) {
        super(message + "; please report this with the kernel's version");
    }
}
