package io.cnm4j.driver.remote.client;

import java.io.IOException;

/** No connection could be made: nothing was delivered. */
final class Unreachable extends IOException {
    private static final long serialVersionUID = 1;

    Unreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
