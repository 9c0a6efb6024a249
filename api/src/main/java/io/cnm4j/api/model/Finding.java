package io.cnm4j.api.model;

import io.cnm4j.spi.plan.FileOp;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.KernelOp;
import java.util.List;
import java.util.Optional;

/**
 * One thing that is not as the records say.
 *
 * @param kind in what way
 * @param subject the network, sandbox or endpoint it belongs to, as {@code network 64-hex-id}; empty for an orphan
 * @param owner the same for people, such as {@code network 'web'}; {@code nothing} for an orphan
 * @param op the operation that is needed, or for what is too much the one that could have made it; absent outside the kernel
 * @param detail what was expected and what was found
 */
public record Finding(Kind kind, String subject, String owner, Optional<KernelOp> op, String detail) {
    /** In what way something is not as the records say. */
    public enum Kind {
        /** It is not there. */
        MISSING,
        /** It is there with other attributes. */
        DIFFERENT,
        /** It is there on an object of ours and nothing asked for it. */
        EXTRA,
        /** It carries our mark and no record claims it. */
        ORPHAN,
        /** Something without our mark has its name: a repair leaves that alone, somebody must decide. */
        FOREIGN,
        /** A chain of another program drops packets of the network: a repair leaves that alone, somebody must let them pass. */
        BLOCKED,
        /** Somebody else whom a driver asks, such as a plug-in, does not answer, or may hold what no record speaks of. */
        OUTSIDE
    }

    /** Tells whether packets of live endpoints may be lost or let through wrongly until it is repaired. */
    public boolean affectsTraffic() {
        return switch (kind) {
            case MISSING, DIFFERENT, FOREIGN ->
                op.filter(FileOp.class::isInstance).isEmpty();
            case ORPHAN, EXTRA ->
                op.filter(o -> o instanceof FirewallOp.AddElements || o instanceof FirewallOp.AddTable)
                        .isPresent();
            case BLOCKED -> true;
            case OUTSIDE -> false;
        };
    }

    /** Returns the repair as lines that an operator could type; empty where only a decision helps. */
    public List<String> repair() {
        return switch (kind) {
            case MISSING, DIFFERENT -> op.map(KernelOp::render).orElse(List.of());
            case EXTRA, ORPHAN -> op.map(KernelOp::renderRemoval).orElse(List.of());
            case FOREIGN, BLOCKED, OUTSIDE -> List.of();
        };
    }

    /** Returns a sentence for people. */
    @Override
    public String toString() {
        return kind + " of " + owner + ": " + detail;
    }
}
