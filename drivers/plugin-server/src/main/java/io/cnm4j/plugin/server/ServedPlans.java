package io.cnm4j.plugin.server;

import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.Claim;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes plans true with their records, and takes them back. */
final class ServedPlans {
    private static final Logger LOG = LoggerFactory.getLogger(ServedPlans.class);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ServedHost host;

    ServedPlans(ServedHost host) {
        this.host = host;
    }

    /** Applies what others do not share already, and records it; if that fails nothing is left. */
    void apply(Plan plan, List<Plan> others, Runnable record) {
        Plan own = alone(plan, others);
        host.executor().apply(own, Deadline.after(LIMIT));
        try {
            record.run();
        } catch (RuntimeException | Error failure) {
            try {
                host.executor().remove(own, Deadline.after(LIMIT));
            } catch (RuntimeException | Error also) {
                failure.addSuppressed(also);
            }
            throw failure;
        }
    }

    /** Makes the difference. */
    void ensure(Plan plan) {
        host.executor().ensure(plan, Deadline.after(LIMIT));
    }

    /** Removes what others do not share, then the record. */
    void remove(Plan plan, List<Plan> others, Runnable unrecord) {
        host.executor().remove(alone(plan, others), Deadline.after(LIMIT));
        unrecord.run();
    }

    private static Plan alone(Plan plan, List<Plan> others) {
        Set<String> shared = others.stream()
                .flatMap(other -> other.claims().stream())
                .filter(Claim::shared)
                .map(Claim::object)
                .collect(Collectors.toSet());
        return plan.filter(op ->
                op.claim().filter(claim -> shared.contains(claim.object())).isEmpty());
    }

    /**
     * Removes what carries our mark and nothing recorded, then makes what is missing of networks and published ports. Interfaces of endpoints are left as
     * they are: their far ends are in sandboxes that only the engine knows.
     */
    void restore(List<Plan> networks, List<Plan> attachments, List<Plan> ports) {
        Set<String> claimed = new HashSet<>();
        networks.forEach(plan -> objects(plan, claimed));
        attachments.forEach(plan -> objects(plan, claimed));
        ports.forEach(plan -> objects(plan, claimed));
        List<KernelOp> orphans =
                host.executor().marked(host.id(), host.run(), List.of(), Deadline.after(LIMIT)).stream()
                        .filter(op -> objects(op).stream().noneMatch(claimed::contains))
                        .toList();
        if (!orphans.isEmpty()) {
            host.executor().remove(new Plan(orphans), Deadline.after(LIMIT));
        }
        networks.forEach(this::ensure);
        for (Plan published : ports) {
            try {
                ensure(published);
            } catch (PortInUseException taken) {
                LOG.warn(
                        "a published port was taken while nobody served; it is published again with its container",
                        taken);
            }
        }
    }

    private static void objects(Plan plan, Set<String> into) {
        plan.ops().forEach(op -> into.addAll(objects(op)));
    }

    private static List<String> objects(KernelOp op) {
        if (op instanceof FirewallOp.AddElements elements) {
            return elements.elements().stream()
                    .map(element -> "element " + elements.table() + " " + element)
                    .toList();
        }
        return op.claim().map(Claim::object).stream().toList();
    }
}
