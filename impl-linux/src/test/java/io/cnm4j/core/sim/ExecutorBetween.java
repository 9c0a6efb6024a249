package io.cnm4j.core.sim;

import io.cnm4j.api.ControllerId;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.Collection;
import java.util.List;

/** An executor that leaves everything to another. */
class ExecutorBetween implements PlanExecutor {
    final PlanExecutor real;

    ExecutorBetween(PlanExecutor real) {
        this.real = real;
    }

    @Override
    public Receipt apply(Plan plan, Deadline deadline) {
        return real.apply(plan, deadline);
    }

    @Override
    public Receipt remove(Plan plan, Deadline deadline) {
        return real.remove(plan, deadline);
    }

    @Override
    public List<Difference> check(Plan plan, Deadline deadline) {
        return real.check(plan, deadline);
    }

    @Override
    public Receipt ensure(Plan plan, Deadline deadline) {
        return real.ensure(plan, deadline);
    }

    @Override
    public List<KernelOp> marked(
            ControllerId controller, RunDirectory run, Collection<NamespaceRef> inside, Deadline deadline) {
        return real.marked(controller, run, inside, deadline);
    }

    @Override
    public Watch watch(ControllerId controller, Runnable changed) {
        return real.watch(controller, changed);
    }

    @Override
    public void close() {
        real.close();
    }
}
