package io.cnm4j.tck;

import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.plan.KernelOp;
import java.util.function.Predicate;

/** A fake executor as the contract wants it. */
record FakeSubject(FakeHost host, FakeExecutor executor) implements ExecutorSubject {
    @Override
    public String dump() {
        return host.dump();
    }

    @Override
    public String directory() {
        return "/run/fake";
    }

    @Override
    public void makeForeignBridge(String name) {
        host.withForeignLink(name, "bridge");
    }

    @Override
    public void removeLink(String name) {
        host.removeLink(name);
    }

    @Override
    public boolean fail(Moment moment, Predicate<KernelOp> which) {
        switch (moment) {
            case BEFORE -> {
                executor.failAfter(op -> false);
                executor.failBefore(which);
            }
            case AFTER -> {
                executor.failBefore(op -> false);
                executor.failAfter(which);
            }
            case REMOVAL -> executor.failRemoval(which);
        }
        return true;
    }

    @Override
    public void close() {
        PlanExecutor closing = executor;
        closing.close();
    }
}
