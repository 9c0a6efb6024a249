package io.cnm4j.linux.nftables;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.nftables.RawElement.Mapping;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallElement.Address;
import io.cnm4j.spi.plan.FirewallElement.AnyTransport;
import io.cnm4j.spi.plan.FirewallElement.Goto;
import io.cnm4j.spi.plan.FirewallElement.LinkName;
import io.cnm4j.spi.plan.FirewallElement.Ports;
import io.cnm4j.spi.plan.FirewallElement.Protocol;
import io.cnm4j.spi.plan.FirewallElement.Subnet;
import io.cnm4j.spi.plan.FirewallElement.Transport;
import io.cnm4j.spi.plan.FirewallElement.Value;
import io.cnm4j.spi.plan.FirewallElement.Verdict;
import io.cnm4j.spi.plan.FirewallSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Elements of one set. A range in a plain set is two elements, its first key and the key after its last, flagged as an end; in a
 * concatenation it is one element with two keys.
 */
final class ElementEncoder {
    private static final int IFNAMSIZ = 16; // no value of a key is longer, an IPv6 address is as long

    private final FirewallSet set;

    ElementEncoder(FirewallSet set) {
        this.set = set;
    }

    /** Returns what the kernel holds for an element. */
    List<Mapping> encode(FirewallElement element) {
        byte[] first = joined(element.key(), ElementEncoder::first);
        Octets data = data(element.value());
        if (!set.interval()) {
            return List.of(new Mapping(RawElement.of(first), data));
        }
        byte[] last = joined(element.key(), ElementEncoder::last);
        if (element.key().size() > 1) {
            return List.of(new Mapping(RawElement.of(first, last), data));
        }
        var start = new Mapping(RawElement.of(first), data);
        return allOnes(last) ? List.of(start) : List.of(start, new Mapping(RawElement.endOf(next(last)), Octets.NONE));
    }

    private static Octets data(List<Value> values) {
        if (values.isEmpty()) {
            return Octets.NONE;
        } else if (values.get(0) instanceof Goto other) {
            return RawElement.verdict(RawElement.GOTO, other.chain());
        } else if (values.get(0) instanceof Verdict verdict) {
            return RawElement.verdict(verdict == Verdict.ACCEPT ? 1 : 0, "");
        }
        return new Octets(joined(values, ElementEncoder::first));
    }

    private static byte[] joined(List<Value> values, Function<Value, byte[]> part) {
        if (values.size() == 1) {
            return part.apply(values.get(0));
        }
        ByteBuffer joined = ByteBuffer.allocate(values.size() * IFNAMSIZ);
        for (Value value : values) {
            joined.put(part.apply(value));
            joined.position(joined.position() + 3 & ~3);
        }
        return Arrays.copyOf(joined.array(), joined.position());
    }

    private static byte[] first(Value value) {
        if (value instanceof LinkName name) {
            return Arrays.copyOf(name.value().getBytes(StandardCharsets.US_ASCII), IFNAMSIZ);
        } else if (value instanceof Address address) {
            return address.value().octets();
        } else if (value instanceof Subnet subnet) {
            return subnet.value().subnet().address().octets();
        } else if (value instanceof Protocol protocol) {
            return new byte[] {(byte) (protocol.value() == Family.IPV4 ? 2 : 10)};
        }
        return numbers(value, false);
    }

    private static byte[] last(Value value) {
        return value instanceof Subnet subnet ? subnet.value().last().octets() : lastOf(value);
    }

    private static byte[] lastOf(Value value) {
        return value instanceof Ports || value instanceof AnyTransport ? numbers(value, true) : first(value);
    }

    private static byte[] numbers(Value value, boolean last) {
        if (value instanceof Transport transport) {
            return new byte[] {(byte) transport.value()};
        } else if (value instanceof AnyTransport) {
            return new byte[] {(byte) (last ? 255 : 0)};
        } else if (value instanceof Ports ports) {
            int port = last ? ports.value().last() : ports.value().first();
            return new byte[] {(byte) (port >> 8), (byte) port};
        }
        throw new IllegalArgumentException("a verdict is no key: " + value);
    }

    private static boolean allOnes(byte[] octets) {
        for (byte octet : octets) {
            if (octet != -1) {
                return false;
            }
        }
        return true;
    }

    private static byte[] next(byte[] octets) {
        return IpAddress.of(octets).plus(1).octets();
    }
}
