package io.cnm4j.spi.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A set, or with a value a map, of the table.
 *
 * @param name name in the table
 * @param key type of the key, several for a concatenation
 * @param value type of the value; absent for a set
 * @param interval whether keys may be ranges and prefixes
 */
public record FirewallSet(String name, List<FirewallType> key, Optional<FirewallType> value, boolean interval) {
    /** Copies the list. */
    public FirewallSet {
        key = List.copyOf(key);
    }

    /** Returns the words of nft(8) after the table's name. */
    String render() {
        return name + " { type " + key.stream().map(FirewallType::toString).collect(Collectors.joining(" . "))
                + value.map(type -> " : " + type).orElse("") + " ;" + (interval ? " flags interval ;" : "") + " }";
    }
}
