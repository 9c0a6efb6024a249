package io.cnm4j.core;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.plan.Claim;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which record claims which kernel object; derived from the plans of all records and of what is in flight. Thread-safe. */
final class Claims {
    private final Map<String, Set<String>> owners = new HashMap<>(); // object -> owners; guarded by this

    /**
     * Takes all objects of the plan for the owner.
     *
     * @param owner names the record in messages, such as {@code network 'web'}
     * @throws ConflictException if another owner has an object for itself; nothing is taken then
     */
    synchronized void take(String owner, Plan plan) {
        Set<Claim> wanted = plan.claims();
        for (Claim claim : wanted) {
            Set<String> holders = owners.getOrDefault(claim.object(), Set.of());
            if (!claim.shared() && !holders.isEmpty() && !holders.equals(Set.of(owner))) {
                throw new ConflictException(claim.object() + " already belongs to " + String.join(", ", holders) + "; "
                        + owner + " must use another one");
            }
        }
        wanted.forEach(claim -> owners.computeIfAbsent(claim.object(), object -> new HashSet<>())
                .add(owner));
    }

    /** Gives back all objects of the plan that the owner has. */
    synchronized void release(String owner, Plan plan) {
        for (Claim claim : plan.claims()) {
            owners.computeIfPresent(claim.object(), (object, holders) -> {
                holders.remove(owner);
                return holders.isEmpty() ? null : holders;
            });
        }
    }

    /** Returns the plan without the shared objects that others claim too: they are there already, or must stay. */
    synchronized Plan alone(String owner, Plan plan) {
        return plan.filter(
                op -> op.claim().map(claim -> !heldByOthers(owner, claim)).orElse(true));
    }

    private boolean heldByOthers(String owner, Claim claim) {
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
