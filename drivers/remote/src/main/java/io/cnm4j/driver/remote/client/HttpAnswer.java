package io.cnm4j.driver.remote.client;

/** An answer of a plug-in. */
final class HttpAnswer {
    /** HTTP status. */
    final int status;

    /** What came with it. */
    final byte[] body;

    HttpAnswer(int status, byte[] body) {
        this.status = status;
        this.body = body;
    }
}
