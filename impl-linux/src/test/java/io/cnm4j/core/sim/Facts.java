package io.cnm4j.core.sim;

import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a caller can rely on: {@code network a}, {@code sandbox c}, {@code endpoint a/e}, {@code a/e in c}, each with what must
 * not change while it lasts; {@code a updated 2} is a network as it is after two updates.
 */
record Facts(Map<String, Object> all) {
    /** The label that counts the updates of a network. */
    static final String LABEL = "updates";

    /** Stands between a network and the number of its updates. */
    static final String ALTERED = " updated ";

    static Facts of(Ledger ledger) {
        var all = new TreeMap<String, Object>();
        for (SandboxRecord sandbox : ledger.sandboxes()) {
            put(all, "sandbox " + sandbox.containerId(), sandbox);
        }
        for (NetworkRecord network : ledger.networks()) {
            if (network.purpose().isPresent()) {
                continue; // the controller's own
            }
            put(all, "network " + network.name(), lasting(network));
            put(all, network.name() + ALTERED + network.labels().getOrDefault(LABEL, "0"), network);
            for (EndpointRecord endpoint : ledger.endpointsOn(network.id())) {
                String name = network.name() + "/" + endpoint.name();
                put(all, "endpoint " + name, endpoint.withJoined(Optional.empty()));
                endpoint.joined().ifPresent(joined -> {
                    String container = ledger.sandbox(joined.sandbox())
                            .map(SandboxRecord::containerId)
                            .orElse("nowhere");
                    put(all, name + " in " + container, joined.interfaceName());
                });
            }
        }
        return new Facts(all);
    }

    /** Returns what an update leaves as it is. */
    private static Object lasting(NetworkRecord network) {
        return List.of(
                network.id(), network.driver(), network.note(), network.pools().get(0), network.created());
    }

    private static void put(Map<String, Object> all, String fact, Object detail) {
        Object other = all.put(fact, detail);
        if (other != null) {
            throw new AssertionError("two records are '" + fact + "': " + other + " and " + detail);
        }
    }

    Set<String> names() {
        return new TreeSet<>(all.keySet());
    }

    /** Returns what was changed of what is in both. */
    Set<String> changedSince(Facts earlier) {
        var changed = new TreeSet<String>();
        all.forEach((fact, detail) -> {
            Object before = earlier.all.get(fact);
            if (before != null && !before.equals(detail)) {
                changed.add(fact + ": " + before + " became " + detail);
            }
        });
        return changed;
    }

    /** Returns the facts, of those given, after a sandbox and all in it have gone. */
    static Set<String> without(Set<String> facts, String container) {
        var left = new TreeSet<String>(facts);
        left.remove("sandbox " + container);
        for (String fact : facts) {
            if (fact.endsWith(" in " + container)) {
                left.remove(fact);
                left.remove("endpoint " + fact.substring(0, fact.indexOf(' ')));
            }
        }
        return left;
    }
}
