package io.cnm4j.spi.plan;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A set, or with a value a map, of the table.
 *
 * @param name name in the table
 * @param key type of the key, several for a concatenation
 * @param value type of the value, several for a concatenation; none for a set
 * @param interval whether keys may be ranges and prefixes
 */
public record FirewallSet(String name, List<FirewallType> key, List<FirewallType> value, boolean interval) {
    /** Copies the lists. */
    public FirewallSet {
        key = List.copyOf(key);
        value = List.copyOf(value);
    }

    /** Tells whether it maps keys to values. */
    public boolean isMap() {
        return !value.isEmpty();
    }

    /** Returns the words of nft(8) after the table's name. */
    String render() {
        return name + " { type " + join(key) + (isMap() ? " : " + join(value) : "") + " ;"
                + (interval ? " flags interval ;" : "") + " }";
    }

    private static String join(List<FirewallType> types) {
        return types.stream().map(FirewallType::toString).collect(Collectors.joining(" . "));
    }
}
