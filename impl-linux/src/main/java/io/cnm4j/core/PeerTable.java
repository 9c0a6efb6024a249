package io.cnm4j.core;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.ledger.ClusterEndpoint;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a network, and what it takes to reach those on other hosts. A change costs what changed, however many there are. One thread
 * at a time changes it; {@link #plan} may be asked by any.
 */
final class PeerTable {
    private final String self;
    private final Map<EndpointId, Revised<ClusterEndpoint>> endpoints = new HashMap<>();
    private final Map<IpPrefix, Set<EndpointId>> holders = new HashMap<>(); // several until all is heard
    private final Map<EndpointId, Reached> reached = new HashMap<>();
    private final Map<KernelOp, Integer> users = new ConcurrentHashMap<>(); // of what the kernel has
    private Map<KernelOp, Integer> difference = new LinkedHashMap<>(); // what it has too little or too much

    /** An endpoint that is reached, and what that takes. */
    private record Reached(Optional<Revised<ClusterEndpoint>> endpoint, Plan plan) {}

    /** What is to go from the kernel, and what is to come. */
    record Change(Plan gone, Plan fresh) {}

    /** @param self the controller whose endpoints need not be reached */
    PeerTable(String self) {
        this.self = self;
    }

    /**
     * Takes in what endpoints are like now. Of those with one address the one that came last counts.
     *
     * @param now an endpoint's entry, if it has one
     * @param planned what it takes to reach it
     */
    Change change(
            Collection<EndpointId> changed,
            Function<EndpointId, Optional<Revised<ClusterEndpoint>>> now,
            Function<ClusterEndpoint, Plan> planned) {
        Set<EndpointId> touched = new HashSet<>(changed);
        for (EndpointId id : changed) {
            Revised<ClusterEndpoint> before = endpoints.remove(id);
            addresses(before).forEach(address -> release(address, id, touched));
            Revised<ClusterEndpoint> after = now.apply(id).orElse(null);
            if (after != null) {
                endpoints.put(id, after);
                addresses(after).forEach(address -> hold(address, id, touched));
            }
        }
        touched.forEach(id -> weigh(id, planned));
        return new Change(ops((was, is) -> was > 0 && is == 0), ops((was, is) -> was == 0 && is > 0));
    }

    private static List<IpPrefix> addresses(@Nullable Revised<ClusterEndpoint> endpoint) {
        return endpoint == null ? List.of() : endpoint.record().addresses();
    }

    private void release(IpPrefix address, EndpointId id, Set<EndpointId> touched) {
        holders.computeIfPresent(address, (same, all) -> {
            if (all.size() == 1) {
                return null; // it was this one
            }
            touched.addAll(all);
            all.remove(id);
            return all;
        });
    }

    private void hold(IpPrefix address, EndpointId id, Set<EndpointId> touched) {
        holders.merge(address, Set.of(id), (there, one) -> {
            Set<EndpointId> all = new HashSet<>(there);
            all.add(id);
            touched.addAll(all);
            return all;
        });
    }

    private void weigh(EndpointId id, Function<ClusterEndpoint, Plan> planned) {
        Optional<Revised<ClusterEndpoint>> wanted = Optional.ofNullable(endpoints.get(id))
                .filter(endpoint -> !endpoint.record().host().equals(self))
                .filter(this::isLast);
        Reached before = reached.get(id);
        if (before != null && wanted.equals(before.endpoint())) {
            return;
        }
        if (before != null) {
            reached.remove(id);
            count(before.plan(), -1);
        }
        if (wanted.isPresent()) {
            Plan plan = planned.apply(wanted.orElseThrow().record());
            reached.put(id, new Reached(wanted, plan));
            count(plan, 1);
        }
    }

    private boolean isLast(Revised<ClusterEndpoint> endpoint) {
        return endpoint.record().addresses().stream()
                .flatMap(address -> holders.getOrDefault(address, Set.of()).stream())
                .allMatch(id -> Optional.ofNullable(endpoints.get(id))
                        .map(other -> other.revision() <= endpoint.revision())
                        .orElse(true));
    }

    private void count(Plan plan, int more) {
        plan.ops().forEach(op -> difference.merge(op, more, Integer::sum));
    }

    /** Whether an operation is meant, by how many use it in the kernel and how many are to. */
    private interface Meant {
        boolean test(int was, int is);
    }

    private Plan ops(Meant meant) {
        return new Plan(difference.entrySet().stream()
                .filter(entry -> {
                    int was = users.getOrDefault(entry.getKey(), 0);
                    return meant.test(was, was + entry.getValue());
                })
                .map(Map.Entry::getKey)
                .toList());
    }

    /** The kernel has what the last change asked for. */
    void done() {
        difference.forEach((op, more) -> users.merge(op, more, (was, by) -> was + by == 0 ? null : was + by));
        difference = new LinkedHashMap<>();
    }

    /** Returns what the kernel has. */
    Plan plan() {
        return new Plan(List.copyOf(users.keySet()));
    }
}
