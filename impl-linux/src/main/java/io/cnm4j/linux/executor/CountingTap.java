package io.cnm4j.linux.executor;

import io.cnm4j.linux.KernelTap;
import io.cnm4j.spi.plan.KernelOp;
import java.util.function.Supplier;

/** Counts the writes of one call on their way to a tap. */
final class CountingTap implements KernelTap {
    private final KernelTap next;
    int writes;

    CountingTap(KernelTap next) {
        this.next = next;
    }

    @Override
    public void before(String call) {
        next.before(call);
        writes++;
    }

    @Override
    public void after(String call) {
        next.after(call);
    }

    /** Makes a change for this operation; its lines are put together only if somebody listens. */
    <T> T around(KernelOp op, Supplier<T> change) {
        if (next == KernelTap.NONE) {
            writes++;
            return change.get();
        }
        String call = String.join("; ", op.render());
        before(call);
        T result = change.get();
        after(call);
        return result;
    }
}
