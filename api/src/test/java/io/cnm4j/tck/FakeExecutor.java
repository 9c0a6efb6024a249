package io.cnm4j.tck;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans true on a {@link FakeHost}, with conflicts, rollback and repair as the real one has them, and faults where a
 * test wants them. Thread-safe.
 */
public class FakeExecutor implements PlanExecutor {
    private final FakeHost host;
    private final FakeOps ops;
    private Predicate<KernelOp> failBefore = op -> false; // all guarded by host
    private Predicate<KernelOp> failAfter = op -> false;
    private Predicate<KernelOp> failRemoval = op -> false;
    private long writes;

    /** @param host what to work on */
    public FakeExecutor(FakeHost host) {
        this.host = host;
        this.ops = new FakeOps(host);
    }

    /** Makes every operation of this kind fail before it has any effect. */
    public void failBefore(Predicate<KernelOp> which) {
        synchronized (host) {
            failBefore = which;
        }
    }

    /** Makes every operation of this kind fail though it had its effect: the answer was lost. */
    public void failAfter(Predicate<KernelOp> which) {
        synchronized (host) {
            failAfter = which;
        }
    }

    /** Makes the removal of every operation of this kind fail, also while undoing. */
    public void failRemoval(Predicate<KernelOp> which) {
        synchronized (host) {
            failRemoval = which;
        }
    }

    /** Lets everything succeed again. */
    public void failNothing() {
        failBefore(op -> false);
        failAfter(op -> false);
        failRemoval(op -> false);
    }

    /** Returns how many times the host was changed, or tried to be, since the start. */
    public long writes() {
        synchronized (host) {
            return writes;
        }
    }

    @Override
    public Receipt apply(Plan plan, Deadline deadline) {
        synchronized (host) {
            long before = writes;
            Deque<KernelOp> done = new ArrayDeque<>();
            try {
                for (KernelOp op : plan.ops()) {
                    deadline.check(FakeOps.text(op));
                    applyOne(op, done);
                }
            } catch (RuntimeException | Error failure) {
                undo(done, failure);
                throw failure;
            }
            return new Receipt(plan.ops().size(), (int) (writes - before));
        }
    }

    private void applyOne(KernelOp op, Deque<KernelOp> done) {
        Optional<Difference> difference = difference(op);
        if (difference.isEmpty()) {
            if (op instanceof KernelOp.MakeNamespace || op instanceof KernelOp.AddLink) {
                throw new ConflictException("'" + FakeOps.text(op) + "': it is there already; ensure the plan instead");
            }
            return; // found: not ours to undo
        }
        makeOne(op, done);
    }

    private Optional<Difference> difference(KernelOp op) {
        if (op instanceof KernelOp.MakeNamespace && !host.exists(op.namespace())) {
            return Optional.of(new Difference(Difference.Kind.MISSING, op, "no namespace"));
        }
        return ops.compare(op);
    }

    private void makeOne(KernelOp op, Deque<KernelOp> done) {
        writes++;
        fault(failBefore, op);
        ops.make(op);
        done.push(op);
        fault(failAfter, op);
    }

    private static void fault(Predicate<KernelOp> which, KernelOp op) {
        if (which.test(op)) {
            throw FakeHost.refused(FakeOps.text(op), 5, "EIO");
        }
    }

    private void undo(Deque<KernelOp> done, Throwable failure) {
        for (KernelOp op : done) {
            try {
                removeOne(op);
            } catch (RuntimeException also) {
                failure.addSuppressed(also);
            }
        }
    }

    private boolean removeOne(KernelOp op) {
        fault(failRemoval, op);
        boolean changed = ops.remove(op);
        writes += changed ? 1 : 0;
        return changed;
    }

    @Override
    public Receipt remove(Plan plan, Deadline deadline) {
        synchronized (host) {
            long before = writes;
            int removed = 0;
            @Nullable RuntimeException failure = null;
            for (int i = plan.ops().size() - 1; i >= 0; i--) {
                try {
                    removed += removeOne(plan.ops().get(i)) ? 1 : 0;
                } catch (RuntimeException e) {
                    if (failure == null) {
                        failure = e;
                    } else {
                        failure.addSuppressed(e);
                    }
                }
            }
            if (failure != null) {
                throw failure;
            }
            return new Receipt(removed, (int) (writes - before));
        }
    }

    @Override
    public List<Difference> check(Plan plan, Deadline deadline) {
        synchronized (host) {
            return plan.ops().stream().flatMap(op -> difference(op).stream()).toList();
        }
    }

    @Override
    public Receipt ensure(Plan plan, Deadline deadline) {
        synchronized (host) {
            long before = writes;
            var done = new ArrayList<KernelOp>();
            for (KernelOp op : plan.ops()) {
                deadline.check(FakeOps.text(op));
                if (difference(op).isPresent()) {
                    makeOne(op, new ArrayDeque<>());
                    done.add(op);
                }
            }
            return new Receipt(done.size(), (int) (writes - before));
        }
    }

    @Override
    public void close() {}
}
