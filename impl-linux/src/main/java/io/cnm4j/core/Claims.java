package io.cnm4j.core;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.plan.Claim;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which record claims which kernel objects: the plans of all records and of what is in flight. Thread-safe. */
final class Claims {
    private static final int AT_ONCE = 64;

    private final Map<String, Set<Owner>> owners = new HashMap<>(); // object -> owners; guarded by this
    private final Set<String> exclusive = new HashSet<>(); // objects whose owner has them for itself; guarded by this
    private final Map<Owner, Plan> plans = new LinkedHashMap<>(); // guarded by this

    /**
     * Takes all objects of the plan for the owner; in place of what it had.
     *
     * @throws ConflictException if another owner has an object for itself, or one that this owner wants for itself; nothing is taken
     *     then
     */
    synchronized void take(Owner owner, Plan plan) {
        Set<Claim> wanted = plan.claims();
        for (Claim claim : wanted) {
            Set<Owner> holders = owners.getOrDefault(claim.object(), Set.of());
            boolean forOne = !claim.shared() || exclusive.contains(claim.object());
            if (forOne && !holders.isEmpty() && !holders.equals(Set.of(owner))) {
                throw new ConflictException(
                        claim.object() + " already belongs to " + holders + "; " + owner + " must use another one");
            }
        }
        drop(owner, plans.getOrDefault(owner, Plan.EMPTY));
        plans.put(owner, plan); // an owner keeps its place among the others
        for (Claim claim : wanted) {
            owners.computeIfAbsent(claim.object(), object -> new HashSet<>()).add(owner);
            if (!claim.shared()) {
                exclusive.add(claim.object());
            }
        }
    }

    /** An owner is called otherwise from now on; it keeps what it has, and its place. */
    synchronized void rename(Owner from, Owner to) {
        Map<Owner, Plan> before = new LinkedHashMap<>(plans);
        plans.clear();
        before.forEach((owner, plan) -> plans.put(owner.equals(from) ? to : owner, plan));
        owners.values().stream().filter(holders -> holders.remove(from)).forEach(holders -> holders.add(to));
    }

    /** Gives back all that the owner has. */
    synchronized void release(Owner owner) {
        Plan plan = plans.remove(owner);
        if (plan != null) {
            drop(owner, plan);
        }
    }

    private void drop(Owner owner, Plan plan) {
        for (Claim claim : plan.claims()) {
            if (!claim.shared()) {
                exclusive.remove(claim.object());
            }
            owners.computeIfPresent(claim.object(), (object, holders) -> {
                holders.remove(owner);
                return holders.isEmpty() ? null : holders;
            });
        }
    }

    /** Returns the plan of each owner, the oldest first. */
    synchronized Map<Owner, Plan> plans() {
        return new LinkedHashMap<>(plans);
    }

    /** Returns the plan of an owner, if it has one. */
    synchronized Optional<Plan> plan(Owner owner) {
        return Optional.ofNullable(plans.get(owner));
    }

    /** Cuts these into groups whose plans are looked at as one, so that what they share is read once; each takes descriptors for as long. */
    static <T> List<List<T>> groups(List<T> all) {
        var groups = new ArrayList<List<T>>();
        for (int i = 0; i < all.size(); i += AT_ONCE) {
            groups.add(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
        }
        return groups;
    }

    /** Returns what these owners have, what they share once. */
    Plan plan(List<Owner> some) {
        List<Plan> each = some.stream().flatMap(owner -> plan(owner).stream()).toList();
        return new Plan(
                each.stream().flatMap(plan -> plan.ops().stream()).distinct().toList());
    }

    /** Returns the plan without the shared objects that others claim too: they are there already, or must stay. */
    synchronized Plan alone(Owner owner, Plan plan) {
        return plan.filter(
                op -> op.claim().map(claim -> !heldByOthers(owner, claim)).orElse(true));
    }

    private boolean heldByOthers(Owner owner, Claim claim) {
        return claim.shared()
                && owners.getOrDefault(claim.object(), Set.of()).stream().anyMatch(holder -> !holder.equals(owner));
    }

    /** Returns the keys of the turns that a change of these operations needs. */
    static Set<String> sharedKeys(Plan plan) {
        var keys = new HashSet<String>();
        for (KernelOp op : plan.ops()) {
            op.claim().filter(Claim::shared).ifPresent(claim -> keys.add("shared " + claim.object()));
        }
        return keys;
    }
}
