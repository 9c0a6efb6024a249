package io.cnm4j.api;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NameAnswer;

/**
 * Told what name servers do. Called on their loops: it must return at once, and be thread-safe. What it throws is logged and changes
 * nothing.
 */
public interface NameListener {
    /** A question was answered. */
    void answered(NameAnswer answer);

    /**
     * An upstream was silent or could not be reached; it is asked last for a while.
     *
     * @param containerId whose question it was
     * @param upstream the server
     */
    default void upstreamFailed(String containerId, IpAddress upstream) {}
}
