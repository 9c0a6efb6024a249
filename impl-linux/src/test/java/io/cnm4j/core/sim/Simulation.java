package io.cnm4j.core.sim;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One world, from one seed. */
final class Simulation {
    private static final int STEPS = 20;

    private final Random random;
    private final List<String> log = new ArrayList<>();
    private final Faults faults = new Faults(log);
    private final World world;
    private final String beginning;
    private Facts facts = new Facts(java.util.Map.of());
    private final Set<Set<String>> doubtful = new HashSet<>(); // what the next open may find instead
    private boolean sound = true; // the host is as the records say
    private boolean damaged; // an operator was at work since the last repair
    private boolean extras; // the operator added something, which only a repair removes

    Simulation(long seed, Sabotage sabotage) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.world = new World(faults, sabotage, random);
        this.beginning = world.host.dump();
        faults.watchedBy(this::bystander);
    }

    /** Returns what was done, a line each. */
    List<String> log() {
        return log;
    }

    /** Lives the world through. Throws what is wrong. */
    void run() {
        world.open();
        for (int i = 0; i < STEPS; i++) {
            step();
            faults.calm();
            new Laws(world).hold(sound);
        }
        end();
    }

    private void step() {
        faults.calm();
        switch (random.nextInt(20)) {
            case 0 -> reopen();
            case 1 -> kill();
            case 2 -> damage();
            case 3 -> repair();
            default -> call();
        }
    }

    // ---- calls

    private void call() {
        Step step = new Verbs(random, facts.names()).next();
        log.add(step.text());
        String before = step.creates() && sound ? world.host.dump() : "";
        arm(3);
        Optional<CnmException> failure;
        try {
            failure = attempt(() -> step.call().accept(world.core().controller()));
        } catch (ProcessEnd end) {
            restart(new HashSet<>(List.of(step.after(), facts.names())));
            return;
        }
        if (failure.isPresent()) {
            judge(step, failure.orElseThrow(), before);
        } else {
            expect(Set.of(step.after()));
            sound &= (step.creates() || !faults.failed()) && areWaysOutInOrder();
        }
    }

    /** Returns how it failed, if it did. Throws ProcessEnd if that is what happened, whatever it was taken for. */
    private Optional<CnmException> attempt(Runnable action) {
        try {
            action.run();
            faults.checkAlive();
            return Optional.empty();
        } catch (CnmException failure) {
            faults.checkAlive();
            log.add("    " + failure);
            return Optional.of(failure);
        }
    }

    /** Something goes wrong during the next call, once in {@code n}; and then once in {@code n} soon something else. */
    private void arm(int n) {
        arm(n, 24);
    }

    private void arm(int n, int moments) {
        if (random.nextInt(n) == 0) {
            Faults.Kind[] kinds = Faults.Kind.values();
            faults.arm(
                    random.nextInt(1 + random.nextInt(moments)), kinds[random.nextInt(kinds.length)], () -> arm(n, 8));
        }
    }

    private void judge(Step step, CnmException failure, String before) {
        boolean broken = failure instanceof KernelException
                || failure instanceof StoreException
                || failure instanceof DeadlineException;
        if (faults.fired() == 0 && (sound || !step.creates()) && (broken || step.sure())) {
            throw new AssertionError(step.text() + " failed though nothing went wrong", failure);
        }
        expect(Set.of(facts.names()));
        boolean unwritten =
                Stream.of(failure.getSuppressed()).anyMatch(StoreException.class::isInstance); // as it was before
        if (failure instanceof StoreException || unwritten) {
            doubtful.add(step.after());
        }
        if (step.creates() && sound && faults.fired() < 2 && areWaysOutInOrder()) {
            List<String> left = world.host.differencesSince(before);
            if (!left.isEmpty()) {
                throw new AssertionError(step.text() + " failed and left " + left, failure);
            }
        } else if (faults.fired() > 0) {
            sound = false;
        }
    }

    /** What the controller does for itself after a call it may do at the next occasion, if something went wrong. */
    private boolean areWaysOutInOrder() {
        return faults.fired() == 0 || world.core().areWaysOutInOrder();
    }

    /** Goes on only if the records are one of these, and say of what lasts what they said before. */
    private void expect(Set<Set<String>> allowed) {
        Facts now = Facts.of(world.core().ledger());
        if (!allowed.contains(now.names())) {
            throw new AssertionError("records are " + now.names() + ", should be " + allowed);
        }
        Set<String> changed = now.changedSince(facts);
        if (!changed.isEmpty()) {
            throw new AssertionError("changed by another call: " + changed);
        }
        if (!now.names().equals(facts.names())) {
            doubtful.clear(); // something was committed, and with it all doubts went
        }
        facts = now;
    }

    // ---- the end of the process, and its next beginning

    private void reopen() {
        log.add("close and open");
        world.close();
        doubtful.clear();
        boolean mustNotWrite = sound;
        restart(Set.of(facts.names()));
        if (mustNotWrite && faults.fired() == 0 && faults.writes() > 0) {
            throw new AssertionError("a restart without change wrote " + faults.writes() + " times");
        }
    }

    private void kill() {
        log.add("kill");
        restart(Set.of(facts.names()));
    }

    /** Opens a controller again; the records must be one of these, less the sandboxes whose namespace is gone. */
    private void restart(Set<Set<String>> allowed) {
        faults.calm();
        arm(6);
        boolean opened = false;
        while (!opened) {
            try {
                log.add("    open");
                world.open();
                faults.checkAlive();
                opened = true;
            } catch (ProcessEnd | StoreException failure) {
                if (faults.fired() == 0) {
                    throw new AssertionError("open failed though nothing went wrong", failure);
                }
                faults.calm();
            }
        }
        Set<Set<String>> living = Stream.concat(allowed.stream(), doubtful.stream())
                .map(this::withoutDead)
                .collect(Collectors.toSet());
        sound = faults.fired() == 0 && !extras;
        damaged &= !sound;
        expect(living);
        doubtful.clear();
    }

    private Set<String> withoutDead(Set<String> before) {
        Set<String> living = new TreeSet<>(before);
        for (String container : Verbs.CONTAINERS) {
            boolean recorded = world.core().ledger().sandboxes().stream()
                    .anyMatch(sandbox -> sandbox.containerId().equals(container));
            if (!recorded && namespaceIsGone(container)) {
                living = Facts.without(living, container);
            }
        }
        return living;
    }

    private boolean namespaceIsGone(String container) {
        Object before = facts.all().get("sandbox " + container);
        return before instanceof io.cnm4j.core.ledger.SandboxRecord sandbox && !world.host.exists(sandbox.namespace());
    }

    // ---- operators

    private void damage() {
        List<KernelOp> all = world.core().recorded().values().stream()
                .flatMap(plan -> plan.ops().stream())
                .toList();
        if (all.isEmpty()) {
            return;
        }
        KernelOp op = all.get(random.nextInt(all.size()));
        if (op instanceof LinkOp.AddLink link && link.link() instanceof LinkSpec.Bridge && random.nextBoolean()) {
            extras = world.host.link(link.link().name()).isPresent();
            op = new KernelOp.AddAddress(NamespaceRef.HOST, link.link().name(), IpPrefix.parse("203.0.113.7/24"));
            if (extras) {
                world.operator.ensure(Plan.of(op), Deadline.after(Duration.ofDays(1)));
            }
        } else {
            world.operator.remove(Plan.of(op), Deadline.after(Duration.ofDays(1)));
        }
        log.add("damage: " + op.render().get(0).lines().findFirst().orElseThrow());
        sound = false;
        damaged = true;
    }

    private void repair() {
        log.add("repair");
        arm(4);
        var left = new ArrayList<Finding>();
        Optional<CnmException> failure;
        try {
            NetworkController cnm = world.core().controller();
            failure = attempt(() -> left.addAll(cnm.repair(cnm.check())));
        } catch (ProcessEnd end) {
            restart(Set.of(facts.names()));
            return;
        }
        if (faults.fired() == 0 && (failure.isPresent() || !left.isEmpty())) {
            throw new AssertionError("repair leaves " + left + " though nothing went wrong: " + failure);
        }
        sound = failure.isEmpty() && left.isEmpty();
        expect(Set.of(facts.names()));
        damaged &= !sound;
        extras &= !sound;
    }

    /** Another caller, at any moment of a call. */
    private void bystander() {
        if (!world.isOpen() || !sound || faults.fired() > 0) {
            return;
        }
        if (!damaged) {
            Laws.nothingIsForwardedUnguarded(world);
        }
        if (random.nextInt(16) == 0) {
            int before = faults.writes();
            faults.pausedFor(() -> world.core().sweep());
            if (faults.writes() > before) {
                throw new AssertionError("a sweep took what a call in flight was making");
            }
        }
    }

    // ---- the end of the world

    private void end() {
        faults.calm();
        log.add("the end");
        NetworkController cnm = world.core().controller();
        List<Finding> left = cnm.repair(cnm.check());
        if (!left.isEmpty()) {
            throw new AssertionError("repair leaves " + left);
        }
        cnm.sandboxes().forEach(sandbox -> cnm.destroySandbox(sandbox.containerId()));
        cnm.networks().forEach(network -> {
            network.endpoints().forEach(endpoint -> endpoint.delete());
            network.delete();
        });
        new Laws(world).hold(true);
        List<String> differences = world.host.differencesSince(beginning);
        if (!differences.isEmpty()) {
            throw new AssertionError("after everything was removed: " + differences);
        }
        int entries = world.lasting.list("").size() + world.living.list("").size();
        if (entries != 1) {
            throw new AssertionError(entries + " entries are left in the stores, not the controller's alone");
        }
    }
}
