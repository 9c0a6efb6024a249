package io.cnm4j.tck;

import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.plan.KernelOp;
import java.util.function.Predicate;

/** An executor with a host of its own, as {@link PlanExecutorContract} needs it. */
public interface ExecutorSubject extends AutoCloseable {
    /** When an operation fails. */
    enum Moment {
        /** Before it has any effect. */
        BEFORE,
        /** After its effect: the answer is lost. */
        AFTER,
        /** When it is taken back. */
        REMOVAL
    }

    /** Returns the executor. */
    PlanExecutor executor();

    /** Returns all that the executor could change, as text: equal text means equal hosts. */
    String dump();

    /** Returns a directory, absolute, below which namespaces and files may be made. */
    String directory();

    /** Makes a link in the host namespace as somebody else would: a bridge without a mark. */
    void makeForeignBridge(String name);

    /** Removes a link of the host namespace as somebody else would. */
    void removeLink(String name);

    /** Makes these operations fail from now on; returns false if this subject cannot. */
    boolean fail(Moment moment, Predicate<KernelOp> which);

    /** Closes the executor and throws the host away. */
    @Override
    void close();
}
