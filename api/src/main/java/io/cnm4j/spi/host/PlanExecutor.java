package io.cnm4j.spi.host;

import io.cnm4j.api.ControllerId;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Makes plans true, or takes them back. The contract is {@code PlanExecutorContract} of the tests jar. */
public interface PlanExecutor extends AutoCloseable {

    /**
     * Runs the plan. If an operation fails, what was done is undone, newest first, and the failure is thrown with everything that
     * went wrong while undoing as suppressed exceptions.
     *
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses an operation
     * @throws io.cnm4j.api.error.ConflictException if something foreign has the name of an object of the plan
     * @throws io.cnm4j.api.error.DeadlineException if time is over between two operations
     */
    Receipt apply(Plan plan, Deadline deadline);

    /**
     * Runs the beginning of a plan and the rest of it as {@link #apply(Plan, Deadline)} does both at once, and makes true what is
     * ensured, as {@link #ensure} does, maybe meanwhile. If any of that fails, or {@code next} throws, both parts are undone; what was
     * ensured stays. Nothing of it goes on when this has returned or thrown.
     *
     * @param next asked once by the calling thread, maybe while the beginning runs and waits for it: whatever the caller has to work out
     *     in the meantime. Asks this executor nothing, and the host nothing but its resolver configuration
     */
    default Receipt apply(Plan beginning, Supplier<Sequel> next, Deadline deadline) {
        Sequel sequel = next.get();
        Plan plan = beginning.then(sequel.rest());
        Receipt made = apply(plan, deadline);
        try {
            return sequel.ensured().isEmpty() ? made : made.and(ensure(sequel.ensured(), deadline));
        } catch (RuntimeException | Error failure) {
            try {
                remove(plan, Deadline.after(Duration.ofSeconds(20))); // time is over, perhaps
            } catch (RuntimeException | Error also) {
                failure.addSuppressed(also);
            }
            throw failure;
        }
    }

    /**
     * Makes each thing of the plan absent, newest first. What is gone already is fine; what lies in a namespace that the plan
     * itself removes goes with it. Goes on after a failure; throws the first with the others suppressed. Only the firewall stays
     * when a kernel parameter could not be given back: what it guards may still be on.
     *
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses an operation
     * @throws io.cnm4j.api.error.DeadlineException if time is over before it began
     */
    Receipt remove(Plan plan, Deadline deadline);

    /** Compares the plan with the kernel, and looks for addresses that its bridges have beyond it; changes nothing. */
    List<Difference> check(Plan plan, Deadline deadline);

    /**
     * Applies only the difference: what is missing is made, what differs is set right where that can be done in place, a route is
     * replaced by that of the plan. Nothing to change means not one write to the kernel. Extras stay.
     *
     * @throws io.cnm4j.api.error.ConflictException if something foreign has the name of an object of the plan
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses an operation; what was done before it stays
     */
    Receipt ensure(Plan plan, Deadline deadline);

    /**
     * Returns everything that carries the mark of a controller, forwarding that it turned on included, as operations that could have
     * made it, in an order in which a plan
     * could have made it: {@link #remove} takes it away. Reads whole tables; changes nothing.
     *
     * @param inside namespaces in which links are looked for as well; one that is gone has none
     */
    List<KernelOp> marked(
            ControllerId controller, RunDirectory run, Collection<NamespaceRef> inside, Deadline deadline);

    /**
     * Calls {@code changed} soon after somebody else changed something that carries the mark of a controller, or a parameter of the
     * host; many changes may be one call. Never two calls at once.
     *
     * @return closing it ends the calls; it waits for one that runs
     */
    Watch watch(ControllerId controller, Runnable changed);

    /** A watch of the host. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Ends its threads and closes its descriptors; the kernel stays as it is. */
    @Override
    void close();
}
