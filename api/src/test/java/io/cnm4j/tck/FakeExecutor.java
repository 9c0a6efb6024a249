package io.cnm4j.tck;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans true on a {@link FakeHost}, with conflicts, rollback and repair as the real one has them, and faults where a
 * {@link WriteTap} throws. Thread-safe.
 */
public class FakeExecutor implements PlanExecutor {
    private final FakeHost host;
    private final FakeOps ops;
    private final FakeInventory inventory;
    private WriteTap tap = WriteTap.NONE; // guarded by host
    private int writes; // guarded by host

    /** @param host what to work on */
    public FakeExecutor(FakeHost host) {
        this.host = host;
        this.ops = new FakeOps(host);
        this.inventory = new FakeInventory(host);
    }

    /** Lets {@code listener} hear of every change from now on, in place of the one before. */
    public void tap(WriteTap listener) {
        synchronized (host) {
            tap = listener;
        }
    }

    @Override
    public Receipt apply(Plan plan, Deadline deadline) {
        synchronized (host) {
            int before = writes;
            Deque<KernelOp> done = new ArrayDeque<>(); // newest first
            try {
                for (KernelOp op : plan.ops()) {
                    check(deadline, op);
                    applyOne(op, done);
                }
            } catch (RuntimeException | Error failure) {
                undo(done, failure);
                throw failure;
            }
            return new Receipt(plan.ops().size(), writes - before);
        }
    }

    private static void check(Deadline deadline, KernelOp op) {
        if (deadline.isOver()) {
            throw deadline.expired(FakeOps.text(op));
        }
    }

    private void applyOne(KernelOp op, Deque<KernelOp> done) {
        if (ops.isThere(op)) {
            throw new ConflictException(
                    "'" + FakeOps.text(op) + "': it is there already; remove it or ensure the plan instead");
        }
        if (ops.compare(op).isPresent()) { // else found: not ours to undo
            change(op, () -> {
                ops.make(op);
                done.push(op);
            });
        }
    }

    private void change(KernelOp op, Runnable change) {
        if (op instanceof LinkOp.UseLink || op instanceof KernelOp.UseNamespace) {
            ops.make(op); // refuses: it is not there
            return;
        }
        writes++;
        String text = FakeOps.text(op);
        tap.before(text);
        change.run();
        tap.after(text);
    }

    /** Takes back what was done. */
    void undo(Deque<KernelOp> done, Throwable failure) {
        removeAll(done.iterator()).ifPresent(failure::addSuppressed);
    }

    /** Makes these absent, goes on after a failure, and returns the first with the others suppressed. */
    Optional<RuntimeException> removeAll(Iterator<KernelOp> newestFirst) {
        @Nullable RuntimeException first = null;
        boolean guarded = false; // a kernel parameter could not be given back: its firewall stays
        while (newestFirst.hasNext()) {
            KernelOp op = newestFirst.next();
            try {
                if (!guarded || !(op instanceof FirewallOp.AddTable || op instanceof FirewallOp.AddElements)) {
                    removeOne(op);
                }
            } catch (RuntimeException failure) {
                guarded |= op instanceof KernelOp.SetSysctl;
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        return Optional.ofNullable(first);
    }

    private void removeOne(KernelOp op) {
        if (ops.isRemovable(op)) {
            writes++;
            String text = "undo of " + FakeOps.text(op);
            tap.before(text);
            ops.remove(op);
            tap.after(text);
        }
    }

    @Override
    public Receipt remove(Plan plan, Deadline deadline) {
        deadline.check("the removal of a plan");
        synchronized (host) {
            int before = writes;
            Deque<KernelOp> newestFirst = new ArrayDeque<>();
            plan.ops().forEach(newestFirst::push);
            removeAll(newestFirst.iterator()).ifPresent(failure -> {
                throw failure;
            });
            return new Receipt(writes - before, writes - before);
        }
    }

    @Override
    public List<Difference> check(Plan plan, Deadline deadline) {
        synchronized (host) {
            return Stream.concat(
                            plan.ops().stream().flatMap(op -> ops.compare(op).stream()),
                            inventory.extras(plan).stream())
                    .toList();
        }
    }

    @Override
    public Receipt ensure(Plan plan, Deadline deadline) {
        synchronized (host) {
            int before = writes;
            for (KernelOp op : plan.ops()) {
                check(deadline, op);
                if (ops.compare(op).isPresent()) {
                    change(op, () -> ops.mend(op));
                }
            }
            return new Receipt(writes - before, writes - before);
        }
    }

    @Override
    public List<KernelOp> marked(
            ControllerId controller, RunDirectory run, Collection<NamespaceRef> inside, Deadline deadline) {
        synchronized (host) {
            return inventory.marked(controller, run, inside);
        }
    }

    /** {@inheritDoc} Nobody else changes a fake host unnoticed: its watch never calls. */
    @Override
    public Watch watch(ControllerId controller, Runnable changed) {
        return () -> {};
    }

    /** Tunnels that ended in this process are served no more. */
    @Override
    public void close() {
        host.endTunnels();
    }
}
