package io.cnm4j.spi.host;

import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;

/** Work inside a namespace that is not a change of the kernel's network state. */
public interface NamespaceAccess {

    /** Tells whether a network namespace can be opened at this path. */
    boolean exists(NamespaceRef namespace);

    /**
     * Returns which namespace this is, whatever its path: the same text for the same namespace.
     *
     * @throws io.cnm4j.api.error.NotFoundException if there is no network namespace at this path
     */
    String identity(NamespaceRef namespace);

    /** Returns where a namespace can be opened; the host's own only until the controller is closed. */
    String path(NamespaceRef namespace);

    /** Returns the counters of all interfaces in the namespace, by name. */
    Map<String, InterfaceStatistics> statistics(NamespaceRef namespace);

    /**
     * Runs the task on a thread inside the namespace.
     *
     * @throws Exception what the task throws
     */
    <T> T call(NamespaceRef namespace, Callable<T> task) throws Exception;

    /**
     * Starts a process inside the namespace.
     *
     * @throws IOException if the program cannot be started
     */
    Process start(NamespaceRef namespace, ProcessBuilder builder) throws IOException;
}
