package io.cnm4j.spi.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An ordered list of operations, each relying at most on those before it.
 *
 * @param ops the operations, first to last
 */
public record Plan(List<KernelOp> ops) {
    /** The plan that does nothing. */
    public static final Plan EMPTY = new Plan(List.of());

    /** Copies the list. */
    public Plan {
        ops = List.copyOf(ops);
    }

    /** Returns a plan of these operations in this order. */
    public static Plan of(KernelOp... ops) {
        return new Plan(List.of(ops));
    }

    /** Returns this plan followed by {@code next}. */
    public Plan then(Plan next) {
        return new Plan(Stream.concat(ops.stream(), next.ops.stream()).toList());
    }

    /** Returns this plan with only the operations that {@code keep} accepts, in the same order. */
    public Plan filter(Predicate<KernelOp> keep) {
        return new Plan(ops.stream().filter(keep).toList());
    }

    /** Returns this plan without the operations in {@code others}. */
    public Plan without(Collection<KernelOp> others) {
        return filter(op -> !others.contains(op));
    }

    /** Returns what this plan has beyond another; of elements and of held ports each is looked at by itself. */
    public Plan beyond(Plan other) {
        Set<Object> there = new HashSet<>(other.ops);
        for (KernelOp op : other.ops) {
            if (op instanceof FirewallOp.AddElements add) {
                there.addAll(add.elements());
            } else if (op instanceof FirewallOp.HoldPorts hold) {
                there.addAll(hold.ports());
            }
        }
        return new Plan(ops.stream().flatMap(op -> left(op, there).stream()).toList());
    }

    private static Optional<KernelOp> left(KernelOp op, Set<Object> there) {
        if (op instanceof FirewallOp.AddElements add) {
            var left = add.elements().stream().filter(e -> !there.contains(e)).toList();
            return left.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new FirewallOp.AddElements(add.table(), left, add.shared()));
        } else if (op instanceof FirewallOp.HoldPorts hold) {
            var left = hold.ports().stream().filter(p -> !there.contains(p)).toList();
            return left.isEmpty() ? Optional.empty() : Optional.of(new FirewallOp.HoldPorts(left));
        }
        return Optional.of(op).filter(step -> !there.contains(step));
    }

    /** Returns the kernel objects that this plan brings into being or takes for itself. */
    public Set<Claim> claims() {
        return ops.stream().flatMap(op -> op.claim().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** Tells whether there is nothing to do. */
    public boolean isEmpty() {
        return ops.isEmpty();
    }

    /** Returns the plan as lines that an operator could type, in order. */
    public List<String> render() {
        return ops.stream().flatMap(op -> op.render().stream()).toList();
    }

    /** Returns the removal of the plan as lines that an operator could type, in order: newest first. */
    public List<String> renderRemoval() {
        var lines = new ArrayList<String>();
        for (int i = ops.size() - 1; i >= 0; i--) {
            lines.addAll(ops.get(i).renderRemoval());
        }
        return List.copyOf(lines);
    }
}
