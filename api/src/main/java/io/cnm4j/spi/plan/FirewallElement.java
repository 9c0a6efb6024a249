package io.cnm4j.spi.plan;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortRange;
import java.util.List;
import java.util.Locale;

/**
 * One element of a set or map.
 *
 * @param set the set's name
 * @param key the key, one value for each type of the set's key
 * @param value the value for a map, one for each type of the map's value; none for a set
 */
public record FirewallElement(String set, List<Value> key, List<Value> value) {
    /** Copies the lists. */
    public FirewallElement {
        key = List.copyOf(key);
        value = List.copyOf(value);
    }

    /** Returns the words of nft(8) after the table's name that add it. */
    String render() {
        return set + " { " + text(key) + (value.isEmpty() ? "" : " : " + text(value)) + " }";
    }

    /** Returns the words of nft(8) after the table's name that delete it. */
    String renderKey() {
        return set + " { " + text(key) + " }";
    }

    /** Returns the words of nft(8) that add it, without the table's name. */
    @Override
    public String toString() {
        return render();
    }

    private static String text(List<Value> values) {
        if (values.size() == 1) {
            return values.get(0).render();
        }
        var text = new StringBuilder();
        for (Value value : values) {
            text.append(text.isEmpty() ? "" : " . ").append(value.render());
        }
        return text.toString();
    }

    /** A typed value in a key or behind it. */
    public sealed interface Value {
        /** Returns the value as nft(8) writes it. */
        String render();
    }

    /**
     * An interface's name.
     *
     * @param value the name
     */
    public record LinkName(String value) implements Value {
        @Override
        public String render() {
            return '"' + value + '"';
        }
    }

    /**
     * All addresses of a subnet, in an interval set.
     *
     * @param value the subnet
     */
    public record Subnet(IpPrefix value) implements Value {
        @Override
        public String render() {
            return value.toString();
        }
    }

    /**
     * One address.
     *
     * @param value the address
     */
    public record Address(IpAddress value) implements Value {
        @Override
        public String render() {
            return value.toString();
        }
    }

    /**
     * A packet's protocol family.
     *
     * @param value the family
     */
    public record Protocol(Family value) implements Value {
        @Override
        public String render() {
            return value.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A transport protocol.
     *
     * @param value the protocol's number in an IP header
     */
    public record Transport(int value) implements Value {
        @Override
        public String render() {
            return switch (value) {
                case 1 -> "icmp";
                case 6 -> "tcp";
                case 17 -> "udp";
                case 58 -> "icmpv6";
                case 132 -> "sctp";
                default -> String.valueOf(value);
            };
        }
    }

    /**
     * All transport protocols, in an interval set.
     */
    public record AnyTransport() implements Value {
        @Override
        public String render() {
            return "0-255";
        }
    }

    /**
     * Ports; more than one in an interval set.
     *
     * @param value the ports
     */
    public record Ports(PortRange value) implements Value {
        @Override
        public String render() {
            return value.toString();
        }
    }

    /**
     * A packet goes on in another chain of the table, and nowhere after it.
     *
     * @param chain the chain's name
     */
    public record Goto(String chain) implements Value {
        @Override
        public String render() {
            return "goto " + chain;
        }
    }

    /** What becomes of a packet. */
    public enum Verdict implements Value {
        /** It passes this table. */
        ACCEPT,
        /** It is gone. */
        DROP;

        @Override
        public String render() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
