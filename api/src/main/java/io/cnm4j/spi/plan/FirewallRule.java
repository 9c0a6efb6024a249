package io.cnm4j.spi.plan;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A rule: if all matches hold, the action follows.
 *
 * @param matches the conditions; none means always
 * @param action what to do
 */
public record FirewallRule(List<Match> matches, Action action) {
    /** Copies the list. */
    public FirewallRule {
        matches = List.copyOf(matches);
    }

    /** Returns a rule. */
    public static FirewallRule of(Action action, Match... matches) {
        return new FirewallRule(List.of(matches), action);
    }

    /** Returns the rule as nft(8) writes it. */
    String render() {
        return Stream.concat(matches.stream().map(Match::render), Stream.of(action.render()))
                .collect(Collectors.joining(" "));
    }

    /** A property of a packet. */
    public enum Field {
        /** Interface it came in by. */
        IIFNAME("iifname"),
        /** Interface it leaves by. */
        OIFNAME("oifname"),
        /** IPv4 source address. */
        IP_SADDR("ip saddr"),
        /** IPv6 source address. */
        IP6_SADDR("ip6 saddr"),
        /** IPv4 destination address. */
        IP_DADDR("ip daddr"),
        /** IPv6 destination address. */
        IP6_DADDR("ip6 daddr"),
        /** Transport protocol. */
        L4PROTO("meta l4proto"),
        /** Source port. */
        SPORT("th sport"),
        /** Destination port. */
        DPORT("th dport"),
        /** Protocol family. */
        NFPROTO("meta nfproto");

        private final String nft;

        Field(String nft) {
            this.nft = nft;
        }

        @Override
        public String toString() {
            return nft;
        }
    }

    private static String join(List<Field> fields) {
        return fields.stream().map(Field::toString).collect(Collectors.joining(" . "));
    }

    /** A condition. */
    public sealed interface Match {
        /** Returns the condition as nft(8) writes it. */
        String render();
    }

    /**
     * The fields, concatenated, are in a set.
     *
     * @param fields one field for each type of the set's key
     * @param set the set's name
     */
    public record InSet(List<Field> fields, String set) implements Match {
        /** Copies the list. */
        public InSet {
            fields = List.copyOf(fields);
        }

        @Override
        public String render() {
            return join(fields) + " @" + set;
        }
    }

    /**
     * The fields, concatenated, are not in a set.
     *
     * @param fields one field for each type of the set's key
     * @param set the set's name
     */
    public record NotInSet(List<Field> fields, String set) implements Match {
        /** Copies the list. */
        public NotInSet {
            fields = List.copyOf(fields);
        }

        @Override
        public String render() {
            return join(fields) + " != @" + set;
        }
    }

    /**
     * The fields, concatenated, with the last, an address, as the middle of its subnet, are in a set.
     *
     * @param fields one field for each type of the set's key
     * @param size the size of the subnet
     * @param set the set's name
     */
    public record InSubnets(List<Field> fields, SubnetSize size, String set) implements Match {
        /** Copies the list. */
        public InSubnets {
            fields = List.copyOf(fields);
        }

        @Override
        public String render() {
            return join(fields) + size.render() + " @" + set;
        }
    }

    /**
     * An address is in a subnet.
     *
     * @param field an address
     * @param subnet the subnet; its length is a multiple of eight
     */
    public record InSubnet(Field field, IpPrefix subnet) implements Match {
        @Override
        public String render() {
            boolean host = subnet.length() == subnet.family().bits();
            return field + " " + (host ? subnet.address().toString() : subnet.toString());
        }
    }

    /** The packet came in by another interface than the loopback. */
    public record FromOutside() implements Match {
        @Override
        public String render() {
            return "iifname != \"lo\"";
        }
    }

    /** The destination is no address of the host. */
    public record ToElsewhere() implements Match {
        @Override
        public String render() {
            return "fib daddr type != local";
        }
    }

    /** The connection's destination was translated. */
    public record Translated() implements Match {
        @Override
        public String render() {
            return "ct status dnat";
        }
    }

    /** The packet belongs to a connection that was let through before. */
    public record Established() implements Match {
        @Override
        public String render() {
            return "ct state established,related";
        }
    }

    /** What a rule does. */
    public sealed interface Action {
        /** Returns the statement as nft(8) writes it. */
        String render();
    }

    /** A fixed statement. */
    public enum Verdict implements Action {
        /** The packet passes this chain. */
        ACCEPT,
        /** The packet is gone. */
        DROP,
        /** The source becomes the address of the interface by which the packet leaves. */
        MASQUERADE;

        @Override
        public String render() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * The packet goes on in another chain of the table, and nowhere after it.
     *
     * @param chain the chain's name
     */
    public record Goto(String chain) implements Action {
        @Override
        public String render() {
            return "goto " + chain;
        }
    }

    /**
     * The verdict that a map holds for the fields; without an entry the next rule follows.
     *
     * @param fields one field for each type of the map's key
     * @param map the map's name
     */
    public record VerdictMap(List<Field> fields, String map) implements Action {
        /** Copies the list. */
        public VerdictMap {
            fields = List.copyOf(fields);
        }

        @Override
        public String render() {
            return join(fields) + " vmap @" + map;
        }
    }

    /**
     * The source becomes the address that a map holds for it; without an entry the next rule follows.
     *
     * @param field {@link Field#IP_SADDR} or {@link Field#IP6_SADDR}
     * @param map the map's name
     */
    public record SourceMap(Field field, String map) implements Action {
        @Override
        public String render() {
            return "snat " + (field == Field.IP_SADDR ? "ip" : "ip6") + " to " + field + " map @" + map;
        }
    }

    /**
     * The destination becomes the address that a map holds for the fields, and the port if it holds one too; without an entry the next
     * rule follows.
     *
     * @param family the family of the addresses
     * @param fields one field for each type of the map's key
     * @param map the map's name
     */
    public record DestinationMap(Family family, List<Field> fields, String map) implements Action {
        /** Copies the list. */
        public DestinationMap {
            fields = List.copyOf(fields);
        }

        @Override
        public String render() {
            return "dnat " + (family == Family.IPV4 ? "ip" : "ip6") + " to " + join(fields) + " map @" + map;
        }
    }
}
