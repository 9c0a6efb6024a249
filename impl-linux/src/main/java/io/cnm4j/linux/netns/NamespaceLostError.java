package io.cnm4j.linux.netns;

/** A thread could not return to its namespace. It ends; nothing may run on it any more. */
public final class NamespaceLostError extends Error {
    private static final long serialVersionUID = 1;

    NamespaceLostError(String message) {
        super(message);
    }
}
