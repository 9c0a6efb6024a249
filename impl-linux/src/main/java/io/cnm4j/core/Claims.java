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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which record claims which kernel objects: the plans of all records and of what is in flight. Thread-safe. */
final class Claims {
    private static final int AT_ONCE = 64;

    private final Map<String, Set<Owner>> owners = new HashMap<>(); // object -> owners; guarded by this
    private final Set<String> exclusive = new HashSet<>(); // objects whose owner has them for itself; guarded by this
    private final Map<Owner, Holding> holdings = new LinkedHashMap<>(); // guarded by this
    private final Map<Owner, Supplier<Plan>> inside = new HashMap<>(); // guarded by this

    private record Holding(Plan plan, Set<Claim> claims) {}

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
        drop(owner, holdings.put(owner, new Holding(plan, wanted))); // an owner keeps its place among the others
        for (Claim claim : wanted) {
            owners.computeIfAbsent(claim.object(), object -> new HashSet<>()).add(owner);
            if (!claim.shared()) {
                exclusive.add(claim.object());
            }
        }
    }

    /** An owner is called otherwise from now on; it keeps what it has, and its place. */
    synchronized void rename(Owner from, Owner to) {
        Map<Owner, Holding> before = new LinkedHashMap<>(holdings);
        holdings.clear();
        before.forEach((owner, holding) -> holdings.put(owner.equals(from) ? to : owner, holding));
        owners.values().stream().filter(holders -> holders.remove(from)).forEach(holders -> holders.add(to));
    }

    /** The owner also has what is inside an object that it has for itself: asked for whenever its plan is. */
    synchronized void contain(Owner owner, Supplier<Plan> more) {
        inside.put(owner, more);
    }

    /** Gives back all that the owner has. */
    synchronized void release(Owner owner) {
        inside.remove(owner);
        drop(owner, holdings.remove(owner));
    }

    private void drop(Owner owner, @Nullable Holding holding) {
        for (Claim claim : holding == null ? Set.<Claim>of() : holding.claims()) {
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
        var all = new LinkedHashMap<Owner, Plan>();
        holdings.forEach((owner, holding) -> all.put(owner, holding.plan()));
        inside.forEach((owner, more) -> all.computeIfPresent(owner, (same, plan) -> plan.then(more.get())));
        return all;
    }

    /** Tells whether an owner has a plan. */
    synchronized boolean has(Owner owner) {
        return holdings.containsKey(owner);
    }

    /** Returns the plan of an owner, if it has one. */
    synchronized Optional<Plan> plan(Owner owner) {
        return Optional.ofNullable(holdings.get(owner))
                .map(Holding::plan)
                .map(plan ->
                        inside.containsKey(owner) ? plan.then(inside.get(owner).get()) : plan);
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
                op -> !op.isShared() || !heldByOthers(owner, op.claim().orElseThrow()));
    }

    private boolean heldByOthers(Owner owner, Claim claim) {
        return owners.getOrDefault(claim.object(), Set.of()).stream().anyMatch(holder -> !holder.equals(owner));
    }

    /** Returns the keys of the turns that a change of these operations needs. */
    static Set<String> sharedKeys(Plan plan) {
        var keys = new HashSet<String>();
        for (KernelOp op : plan.ops()) {
            if (op.isShared()) {
                keys.add("shared " + op.claim().orElseThrow().object());
            }
        }
        return keys;
    }
}
