package io.cnm4j.spi.plan;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One element of a set or map.
 *
 * @param set the set's name
 * @param key the key, one value for each type of the set's key
 * @param value the value, for a map
 */
public record FirewallElement(String set, List<Value> key, Optional<Value> value) {
    /** Copies the list. */
    public FirewallElement {
        key = List.copyOf(key);
    }

    /** Returns the words of nft(8) after the table's name that add it. */
    String render() {
        return set + " { " + keyText() + value.map(v -> " : " + v.render()).orElse("") + " }";
    }

    /** Returns the words of nft(8) after the table's name that delete it. */
    String renderKey() {
        return set + " { " + keyText() + " }";
    }

    /** Returns the words of nft(8) that add it, without the table's name. */
    @Override
    public String toString() {
        return render();
    }

    private String keyText() {
        return key.stream().map(Value::render).collect(Collectors.joining(" . "));
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
