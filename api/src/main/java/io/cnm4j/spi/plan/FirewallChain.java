package io.cnm4j.spi.plan;

import java.util.List;
import java.util.Optional;

/**
 * A chain of rules.
 *
 * @param name name in the table
 * @param base where packets come into it; absent for one to which others send them
 * @param rules its rules in order
 */
public record FirewallChain(String name, Optional<Base> base, List<FirewallRule> rules) {
    /** Copies the list. */
    public FirewallChain {
        rules = List.copyOf(rules);
    }

    /**
     * What makes a base chain of it; its policy is accept.
     *
     * @param type {@code filter} or {@code nat}
     * @param hook {@code forward} or {@code postrouting}
     * @param priority the number that orders chains of one hook, nft(8) CHAINS
     */
    public record Base(String type, String hook, int priority) {}

    /** Returns a base chain. */
    static FirewallChain at(String name, String type, String hook, int priority, List<FirewallRule> rules) {
        return new FirewallChain(name, Optional.of(new Base(type, hook, priority)), rules);
    }

    /** Returns the words of nft(8) after the table's name. */
    String render() {
        return base.map(at -> name + " { type " + at.type() + " hook " + at.hook() + " priority " + at.priority()
                        + " ; policy accept ; }")
                .orElse(name);
    }
}
