package io.cnm4j.linux.executor;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.List;

/** The walk forwards: each operation after the other; after a failure all of them back. */
final class Making {
    private final Site site;
    private final Deadline deadline;

    Making(Site site, Deadline deadline) {
        this.site = site;
        this.deadline = deadline;
    }

    Receipt run(Plan plan) {
        List<KernelOp> ops = plan.ops();
        int at = 0;
        while (at < ops.size()) {
            int end = end(ops, at);
            try {
                check(deadline, ops.get(at));
                make(ops.subList(at, end));
            } catch (RuntimeException | Error failure) {
                undo(plan, failure instanceof ConflictException ? at : end, failure);
                throw failure;
            }
            at = end;
        }
        return new Receipt(ops.size(), site.writes());
    }

    private void make(List<KernelOp> ops) {
        if (ops.size() > 1) {
            Handlers.NUMBERING.makeAll(ops, site);
        } else {
            Handlers.of(ops.get(0)).make(ops.get(0), site);
        }
    }

    /** Returns where the operations end that leave together with the one at {@code start}. */
    private static int end(List<KernelOp> ops, int start) {
        int end = start + 1;
        while (end < ops.size() && NumberingHandler.together(ops.get(start), ops.get(end))) {
            end++;
        }
        return end;
    }

    /** Goes on only if there is time for this operation. */
    static void check(Deadline deadline, KernelOp op) {
        if (deadline.isOver()) {
            throw deadline.expired("'" + op.render().get(0) + "'");
        }
    }

    /** Takes back the first {@code done} operations; what cannot be is added to the failure. */
    private void undo(Plan plan, int done, Throwable failure) {
        try {
            new Removing(site).run(new Plan(plan.ops().subList(0, done)));
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        }
    }
}
