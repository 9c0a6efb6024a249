package io.cnm4j.spi.plan;

/**
 * A network namespace.
 *
 * @param path where it can be opened; empty for the controller's host namespace
 */
public record NamespaceRef(String path) {
    /** The namespace in which the controller works. */
    public static final NamespaceRef HOST = new NamespaceRef("");

    /** Returns the namespace that can be opened at {@code path}, absolute. */
    public static NamespaceRef at(String path) {
        return new NamespaceRef(path);
    }

    /** Tells whether this is the controller's host namespace. */
    public boolean isHost() {
        return path.isEmpty();
    }

    /** Returns {@code command} so that it works in this namespace when typed in the host's. */
    String run(String command) {
        return isHost() ? command : "nsenter --net=" + path + " " + command;
    }

    /** Returns {@code host} or the path. */
    @Override
    public String toString() {
        return isHost() ? "host" : path;
    }
}
