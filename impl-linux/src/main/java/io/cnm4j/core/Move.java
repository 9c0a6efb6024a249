package io.cnm4j.core;

import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.plan.FirewallOp.AddElements;
import io.cnm4j.spi.plan.FirewallOp.HoldPorts;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.Plan;

/**
 * Default routes and published ports that pass from endpoints of a sandbox to others. A route takes the place of another in one step;
 * ports are let go before they are taken anew, since what they have in the kernel may overlap.
 *
 * @param given what is there and goes
 * @param taken what comes in its place
 */
record Move(Plan given, Plan taken) {
    static final Move NONE = new Move(Plan.EMPTY, Plan.EMPTY);

    /** Returns the way from what an endpoint has to what it is to have. */
    static Move between(Plan before, Plan after) {
        return before.ops().equals(after.ops()) ? NONE : new Move(before.beyond(after), after.beyond(before));
    }

    Move and(Move other) {
        return new Move(given.then(other.given), taken.then(other.taken));
    }

    /** Returns this and that part of a new endpoint's plan which takes the place of what others give up. */
    Move into(Plan plan) {
        return and(new Move(Plan.EMPTY, plan.filter(op -> given.ops().stream().anyMatch(old -> replaces(op, old)))));
    }

    private static boolean replaces(KernelOp op, KernelOp old) {
        return (isOfPorts(op) && isOfPorts(old))
                || (op instanceof AddRoute route
                        && old instanceof AddRoute other
                        && route.route().destination().equals(other.route().destination()));
    }

    private static boolean isOfPorts(KernelOp op) {
        return op instanceof HoldPorts || op instanceof AddElements;
    }

    void make(PlanExecutor executor, Deadline deadline) {
        letGo(executor, given, deadline);
        Plan ports = taken.filter(Move::isOfPorts);
        if (!ports.isEmpty()) {
            executor.apply(ports, deadline);
        }
        ensure(executor, taken.without(ports.ops()), deadline);
    }

    /** Makes all as it was, whatever part of this was made. */
    void undo(PlanExecutor executor, Deadline deadline) {
        drop(executor, deadline);
        ensure(executor, given, deadline);
    }

    /** Lets go the ports that were taken, and no more. */
    void drop(PlanExecutor executor, Deadline deadline) {
        letGo(executor, taken, deadline);
    }

    private static void letGo(PlanExecutor executor, Plan plan, Deadline deadline) {
        Plan ports = plan.filter(Move::isOfPorts);
        if (!ports.isEmpty()) {
            executor.remove(ports, deadline);
        }
    }

    private static void ensure(PlanExecutor executor, Plan plan, Deadline deadline) {
        if (!plan.isEmpty()) {
            executor.ensure(plan, deadline);
        }
    }
}
