package io.cnm4j.linux.executor;

import static io.cnm4j.linux.executor.Differences.missing;

import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.List;
import java.util.Optional;

/** Entries in the tables of tunnels that end in this process. */
final class TunnelTableHandler implements Handler<TunnelOp> {

    /** Tells whether this handler makes the operation. */
    static boolean isOne(KernelOp op) {
        return op instanceof TunnelOp && !(op instanceof TunnelOp.Serve);
    }

    /** Tells whether two operations may be one change of a table. */
    static boolean together(KernelOp one, KernelOp next) {
        return isOne(one)
                && isOne(next)
                && one.namespace().equals(next.namespace())
                && ((TunnelOp) one).link().equals(((TunnelOp) next).link());
    }

    @Override
    public boolean make(TunnelOp op, Site site) {
        makeAll(List.of(op), site);
        return true;
    }

    /** Makes all of these, which are of one link. */
    void makeAll(List<? extends KernelOp> ops, Site site) {
        List<TunnelOp> entries = ops.stream().map(TunnelOp.class::cast).toList();
        ((CountingTap) site.tap()).around(entries.get(0), () -> {
            site.tunnels().add(entries);
            return entries;
        });
    }

    @Override
    public void unmake(TunnelOp op, Site site) {
        ((CountingTap) site.tap()).around(op, () -> {
            site.tunnels().remove(op);
            return op;
        });
    }

    @Override
    public Optional<Difference> check(TunnelOp op, Site site) {
        return site.tunnels().knows(op)
                ? Optional.empty()
                : missing(op, "not so: " + op.render().get(0));
    }

    @Override
    public void mend(TunnelOp op, Site site) {
        make(op, site);
    }
}
