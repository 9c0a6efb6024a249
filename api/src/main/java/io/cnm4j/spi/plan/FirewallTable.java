package io.cnm4j.spi.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of family inet.
 *
 * @param name its name, made by {@link Mark#table}
 * @param sets its sets and maps, empty at birth
 * @param chains its chains
 */
public record FirewallTable(String name, List<FirewallSet> sets, List<FirewallChain> chains) {
    /** Copies the lists. */
    public FirewallTable {
        sets = List.copyOf(sets);
        chains = List.copyOf(chains);
    }

    /**
     * Returns the set of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public FirewallSet set(String set) {
        for (FirewallSet one : sets) {
            if (one.name().equals(set)) {
                return one;
            }
        }
        throw new IllegalArgumentException("table " + name + " has no set " + set);
    }

    /** Returns lines that an operator could type. */
    List<String> render() {
        var lines = new ArrayList<String>();
        lines.add("nft add table inet " + name);
        for (FirewallSet set : sets) {
            lines.add("nft 'add " + (set.isMap() ? "map" : "set") + " inet " + name + " " + set.render() + "'");
        }
        for (FirewallChain chain : chains) {
            lines.add("nft 'add chain inet " + name + " " + chain.render() + "'");
            for (FirewallRule rule : chain.rules()) {
                lines.add("nft 'add rule inet " + name + " " + chain.name() + " " + rule.render() + "'");
            }
        }
        return List.copyOf(lines);
    }
}
