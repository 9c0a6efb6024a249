package io.cnm4j.tck;

import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.PlanExecutor;
import java.util.List;
import java.util.function.Supplier;

/**
 * An executor with a host of its own, as {@link PlanExecutorContract} needs it: like a fresh network namespace, IP forwarding
 * off.
 */
public interface ExecutorSubject extends AutoCloseable {
    /** Returns the executor. */
    PlanExecutor executor();

    /** Returns the view of its host. */
    HostView host();

    /** Returns a directory, absolute, below which plans may make namespaces and files. */
    String directory();

    /**
     * Remembers the host as it is now. The answer tells, when asked, how the host differs from that, a sentence each; it waits
     * until the host has settled. All that an executor could change counts.
     */
    Supplier<List<String>> remember();

    /** Makes a bridge in the host namespace as somebody else would: without a mark. */
    void makeForeignBridge(String name);

    /** Removes a link of the host namespace as somebody else would. */
    void removeLink(String name);

    /** Lets {@code tap} hear of every change of the host from now on, in place of the one before. */
    void tap(WriteTap tap);

    /** Closes the executor and throws the host away. */
    @Override
    void close();
}
