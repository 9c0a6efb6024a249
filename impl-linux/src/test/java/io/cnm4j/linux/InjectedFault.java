package io.cnm4j.linux;

import io.cnm4j.api.error.StoreException;

/** A failure that a test has ordered. A store exception, so that a commit's outcome counts as unknown. */
final class InjectedFault extends StoreException {
    private static final long serialVersionUID = 1;

    InjectedFault(String call) {
        super("injected: " + call);
    }
}
