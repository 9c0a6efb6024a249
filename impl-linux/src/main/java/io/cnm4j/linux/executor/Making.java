package io.cnm4j.linux.executor;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/** The walk forwards: each operation after the other; after a failure all of them back. Or only what is missing. */
final class Making {
    private static final int BATCH = 200;

    private final Site site;

    Making(Site site) {
        this.site = site;
    }

    /**
     * Runs a plan.
     *
     * @param following the rest of it, and what is ensured; asked when the beginning has been run
     */
    Receipt run(Plan beginning, Following following) {
        var made = new ArrayList<KernelOp>();
        try {
            make(beginning, made);
            Plan rest = following.rest();
            make(rest, made);
            int operations = beginning.ops().size() + rest.ops().size();
            return new Receipt(operations, site.writes()).and(following.ensured());
        } catch (RuntimeException | Error failure) {
            undo(made, failure);
            throw failure;
        }
    }

    /** Makes true what is not; returns how many operations that took. */
    int ensure(Plan plan) {
        int done = 0;
        for (KernelOp op : plan.ops()) {
            site.check(op);
            done += Handlers.of(op).ensure(op, site) ? 1 : 0;
        }
        return done;
    }

    /**
     * @param made gets what is made, before a failure too
     */
    private void make(Plan plan, List<KernelOp> made) {
        List<KernelOp> ops = plan.ops();
        int at = 0;
        while (at < ops.size()) {
            List<KernelOp> next = ops.subList(at, end(ops, at));
            try {
                site.check(ops.get(at));
                if (make(next)) {
                    made.addAll(next);
                }
            } catch (ConflictException foreign) {
                throw foreign;
            } catch (RuntimeException | Error failure) {
                made.addAll(next); // their outcome is unknown
                throw failure;
            }
            at += next.size();
        }
    }

    private boolean make(List<KernelOp> ops) {
        if (ops.size() > 1) {
            if (NeighbourHandler.isOne(ops.get(0))) {
                Handlers.NEIGHBOURS.makeAll(ops, site);
            } else if (TunnelTableHandler.isOne(ops.get(0))) {
                Handlers.TUNNELS.makeAll(ops, site);
            } else {
                Handlers.NUMBERING.makeAll(ops, site);
            }
            return true;
        }
        return Handlers.of(ops.get(0)).make(ops.get(0), site);
    }

    /** Returns where the operations end that leave together with the one at {@code start}. */
    private static int end(List<KernelOp> ops, int start) {
        int end = start + 1;
        while (end < ops.size()
                && (NumberingHandler.together(ops.get(start), ops.get(end))
                        || TunnelTableHandler.together(ops.get(start), ops.get(end))
                        || (end - start < BATCH && NeighbourHandler.together(ops.get(start), ops.get(end))))) {
            end++;
        }
        return end;
    }

    /** Takes back what was made; what cannot be is added to the failure. */
    private void undo(List<KernelOp> made, Throwable failure) {
        try {
            new Removing(site).run(new Plan(made));
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        }
    }
}
