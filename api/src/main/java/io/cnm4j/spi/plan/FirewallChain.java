package io.cnm4j.spi.plan;

import java.util.List;

/**
 * A base chain; its policy is accept.
 *
 * @param name name in the table
 * @param type {@code filter} or {@code nat}
 * @param hook {@code forward} or {@code postrouting}
 * @param priority the number that orders chains of one hook, nft(8) CHAINS
 * @param rules its rules in order
 */
public record FirewallChain(String name, String type, String hook, int priority, List<FirewallRule> rules) {
    /** Copies the list. */
    public FirewallChain {
        rules = List.copyOf(rules);
    }

    /** Returns the words of nft(8) after the table's name. */
    String render() {
        return name + " { type " + type + " hook " + hook + " priority " + priority + " ; policy accept ; }";
    }
}
