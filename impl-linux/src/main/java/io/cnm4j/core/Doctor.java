package io.cnm4j.core;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.model.Finding;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.ChildLinkDriver;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.plan.Claim;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares what is claimed with what is there. A first look takes no turns; only what it finds is looked at again, in its owner's
 * turn, so that a call in flight is never taken for damage.
 */
final class Doctor {
    private static final String NOBODY = "nothing";

    private final Engine engine;

    Doctor(Engine engine) {
        this.engine = engine;
    }

    /** Names all that is not as the records say, in the kernel and outside. */
    List<Finding> check(Deadline deadline) {
        var findings = new ArrayList<>(damage(deadline));
        findings.addAll(engine.waysOut().findings(deadline));
        findings.addAll(engine.settling().findings(deadline));
        findings.addAll(new Barred(engine).findings());
        return List.copyOf(findings);
    }

    /** Names what is not as the records say in the kernel. */
    List<Finding> damage(Deadline deadline) {
        List<KernelOp> orphans = orphans(deadline).stream()
                .filter(op -> !(op instanceof LinkOp.AddLink link
                        && Mark.isLeaving(link.link().mark())))
                .toList();
        Map<KernelOp, Finding> findings = new LinkedHashMap<>(); // what networks share is found once
        for (Owner owner : suspects(deadline)) {
            for (Difference difference : confirmed(owner, deadline)) {
                findings.putIfAbsent(difference.op(), finding(owner, difference));
            }
        }
        orphans.forEach(op -> findings.put(
                op, new Finding(Finding.Kind.ORPHAN, "", NOBODY, Optional.of(op), "no record claims " + object(op))));
        return List.copyOf(findings.values());
    }

    /** Returns whose plans seem to differ. Many are looked at as one, so that what they share is read once. */
    private List<Owner> suspects(Deadline deadline) {
        var suspects = new ArrayList<Owner>();
        for (List<Owner> group : Claims.groups(List.copyOf(engine.claims.plans().keySet()))) {
            if (!differences(engine.claims.plan(group), deadline).isEmpty()) {
                group.stream()
                        .filter(owner -> !differences(engine.claims.plan(List.of(owner)), deadline)
                                .isEmpty())
                        .forEach(suspects::add);
            }
        }
        return suspects;
    }

    private List<Difference> differences(Plan plan, Deadline deadline) {
        return engine.parts.executor().check(plan, deadline);
    }

    private List<Difference> confirmed(Owner owner, Deadline deadline) {
        try (Turns.Turn turn = engine.turns.exclusive(owner.turn(), deadline)) {
            Optional<Plan> plan = engine.claims.plan(owner);
            return plan.isPresent() ? differences(plan.orElseThrow(), deadline) : List.of();
        }
    }

    private static Finding finding(Owner owner, Difference difference) {
        Finding.Kind kind = Finding.Kind.valueOf(difference.kind().name());
        return new Finding(kind, owner.subject(), owner.label(), Optional.of(difference.op()), difference.detail());
    }

    /** Returns what carries our mark and is claimed by no record and no call in flight. */
    private List<KernelOp> orphans(Deadline deadline) {
        List<KernelOp> marked =
                engine.parts.executor().marked(engine.controller(), engine.parts.run(), inside(), deadline);
        Set<String> claimed = new HashSet<>(); // read after the kernel: what was made meanwhile is claimed
        for (Plan plan : engine.claims.plans().values()) {
            plan.ops().forEach(op -> objects(op, claimed));
        }
        Map<NamespaceRef, SandboxRecord> awaited = engine.parts.ledger().sandboxes().stream()
                .filter(SandboxRecord::awaitsNamespace)
                .collect(Collectors.toMap(SandboxRecord::namespace, sandbox -> sandbox));
        return marked.stream()
                .filter(op -> !claimed.contains(object(op)))
                .flatMap(op -> awaited.containsKey(op.namespace()) && op instanceof KernelOp.MakeNamespace
                        ? handedOver(awaited.get(op.namespace()))
                        : Stream.of(op))
                .toList();
    }

    /** Returns what a sandbox has of a namespace whose handing over was interrupted: that one stays, and what it was given goes by itself. */
    private Stream<KernelOp> handedOver(SandboxRecord sandbox) {
        return Stream.of(new KernelOp.HoldNamespace(sandbox.namespace(), "", ""), engine.compose.serving(sandbox));
    }

    /** Returns the sandboxes in which there may be links that nothing on the host shows. */
    private List<NamespaceRef> inside() {
        boolean any = engine.parts.ledger().networks().stream()
                .anyMatch(network -> engine.compose.driver(network) instanceof ChildLinkDriver);
        return !any
                ? List.of()
                : engine.parts.ledger().sandboxes().stream()
                        .map(SandboxRecord::namespace)
                        .filter(namespace -> !namespace.isHost())
                        .distinct()
                        .toList();
    }

    private static String object(KernelOp op) {
        if (op instanceof FirewallOp.AddElements elements) {
            return "element " + elements.table() + " " + elements.elements().get(0);
        }
        return op.claim().orElseThrow().object();
    }

    private static void objects(KernelOp op, Set<String> into) {
        if (op instanceof FirewallOp.AddElements elements) {
            elements.elements().forEach(element -> into.add("element " + elements.table() + " " + element));
        } else {
            op.claim().ifPresent(claim -> into.add(claim.object()));
        }
    }

    /** Removes everything that carries our mark and no record claims. */
    void sweep(Deadline deadline) {
        List<KernelOp> orphans = orphans(deadline);
        if (!orphans.isEmpty()) {
            engine.parts.executor().remove(new Plan(orphans), deadline);
        }
    }

    List<Finding> repair(Collection<Finding> findings, Deadline deadline) {
        var failures = new Failures();
        Set<String> damaged = new LinkedHashSet<>();
        Set<String> shared = new HashSet<>();
        var extras = new ArrayList<Finding>();
        var outside = new HashSet<String>();
        boolean orphans = false;
        for (Finding finding : findings) {
            switch (finding.kind()) {
                case MISSING, DIFFERENT -> {
                    damaged.add(finding.subject());
                    finding.op()
                            .flatMap(KernelOp::claim)
                            .filter(Claim::shared)
                            .ifPresent(claim -> shared.add(claim.object()));
                }
                case EXTRA -> {
                    if (finding.op().isPresent()) {
                        extras.add(finding);
                    } else { // a record, not an object
                        damaged.add(finding.subject());
                    }
                }
                case ORPHAN -> orphans = true;
                case FOREIGN, BLOCKED -> {} // somebody must decide
                case OUTSIDE -> outside.add(finding.subject());
            }
        }
        if (orphans) { // first: what was renamed is in the way of what is missing
            failures.attempt(() -> removeOrphans(findings, deadline));
        }
        extras.forEach(extra -> failures.attempt(() -> removeExtra(extra, deadline)));
        ensure(damaged, shared, deadline, failures);
        engine.waysOut().repair(damaged, deadline, failures);
        engine.settling().repair(outside, deadline, failures);
        failures.throwFirst();
        return check(deadline);
    }

    /**
     * Ensures these subjects and all who share an object with them, which is perhaps made anew and empty; after a network also what
     * is attached to it, which may have gone with its link.
     */
    private void ensure(Set<String> subjects, Set<String> shared, Deadline deadline, Failures failures) {
        var all = new LinkedHashSet<Owner>();
        engine.claims.plans().forEach((owner, plan) -> {
            boolean sharing = !shared.isEmpty()
                    && plan.claims().stream().map(Claim::object).anyMatch(shared::contains);
            if (sharing || subjects.contains(owner.subject())) {
                all.add(owner);
            }
        });
        for (Owner owner : List.copyOf(all)) {
            attachedTo(owner).forEach(all::add);
        }
        for (Owner owner : all) {
            failures.attempt(() -> ensure(owner, deadline));
        }
    }

    private List<Owner> attachedTo(Owner owner) {
        String prefix = "network ";
        if (!owner.subject().startsWith(prefix)) {
            return List.of();
        }
        var network = new NetworkId(owner.subject().substring(prefix.length()));
        return engine.parts.ledger().endpointsOn(network).stream()
                .filter((EndpointRecord endpoint) -> endpoint.joined().isPresent())
                .map(Owner::of)
                .toList();
    }

    /** Makes the kernel hold what an owner claims, if it still does. What is foreign is left to the next check. */
    private void ensure(Owner owner, Deadline deadline) {
        try (Turns.Turn mine = engine.turns.exclusive(owner.turn(), deadline)) {
            Optional<Plan> plan = engine.claims.plan(owner);
            if (plan.isPresent()) {
                ensure(plan.orElseThrow(), deadline);
            }
        } catch (ConflictException foreign) {
            return; // the check that follows names it
        }
    }

    private void ensure(Plan plan, Deadline deadline) {
        try (Turns.Turn shared = engine.turns.exclusive(Claims.sharedKeys(plan), deadline)) {
            engine.parts.executor().ensure(plan, deadline);
        }
    }

    private void removeExtra(Finding extra, Deadline deadline) {
        for (Owner owner : engine.claims.plans().keySet()) {
            if (owner.subject().equals(extra.subject())) {
                boolean still = confirmed(owner, deadline).stream()
                        .anyMatch(difference -> difference.kind() == Difference.Kind.EXTRA
                                && extra.op().equals(Optional.of(difference.op())));
                if (still) {
                    engine.parts.executor().remove(Plan.of(extra.op().orElseThrow()), deadline);
                }
            }
        }
    }

    private void removeOrphans(Collection<Finding> findings, Deadline deadline) {
        Set<String> named = new HashSet<>();
        findings.stream()
                .filter(f -> f.kind() == Finding.Kind.ORPHAN)
                .forEach(f -> f.op().map(Doctor::object).ifPresent(named::add));
        List<KernelOp> still = orphans(deadline).stream()
                .filter(op -> named.contains(object(op)))
                .toList();
        engine.parts.executor().remove(new Plan(still), deadline);
    }
}
