package io.cnm4j.linux.nftables;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallElement.Address;
import io.cnm4j.spi.plan.FirewallElement.LinkName;
import io.cnm4j.spi.plan.FirewallElement.Protocol;
import io.cnm4j.spi.plan.FirewallElement.Subnet;
import io.cnm4j.spi.plan.FirewallElement.Value;
import io.cnm4j.spi.plan.FirewallElement.Verdict;
import io.cnm4j.spi.plan.FirewallSet;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Elements of one set. A range in a plain set is two elements, its first key and the key after its last, flagged as an end; in a
 * concatenation it is one element with two keys.
 */
final class ElementEncoder {
    private static final int KEY = 1;
    private static final int DATA = 2;
    private static final int FLAGS = 3;
    private static final int KEY_END = 10;
    private static final int INTERVAL_END = 1;
    private static final int IFNAMSIZ = 16;

    private final MessageBuilder messages;
    private final FirewallSet set;

    ElementEncoder(MessageBuilder messages, FirewallSet set) {
        this.messages = messages;
        this.set = set;
    }

    void encode(FirewallElement element, boolean withValue) {
        boolean concatenation = element.key().size() > 1;
        byte[] first = key(element, ElementEncoder::first);
        byte[] last = key(element, ElementEncoder::last);
        int one = messages.nest(1);
        value(KEY, first);
        if (set.interval() && concatenation) {
            value(KEY_END, last);
        }
        if (withValue) {
            element.value().ifPresent(this::data);
        }
        messages.unnest(one);
        if (set.interval() && !concatenation && !allOnes(last)) {
            int end = messages.nest(1);
            value(KEY, next(last));
            messages.attr32be(FLAGS, INTERVAL_END).unnest(end);
        }
    }

    private static byte[] key(FirewallElement element, Function<Value, byte[]> part) {
        var key = new ByteArrayOutputStream();
        for (Value value : element.key()) {
            byte[] octets = part.apply(value);
            key.writeBytes(element.key().size() == 1 ? octets : Arrays.copyOf(octets, octets.length + 3 & ~3));
        }
        return key.toByteArray();
    }

    private void value(int attribute, byte[] octets) {
        int nest = messages.nest(attribute);
        messages.attr(1, octets).unnest(nest);
    }

    private void data(Value value) {
        if (value instanceof Verdict verdict) {
            int data = messages.nest(DATA);
            int nest = messages.nest(2);
            messages.attr32be(1, verdict == Verdict.ACCEPT ? 1 : 0).unnest(nest).unnest(data);
        } else {
            value(DATA, first(value));
        }
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
        throw new IllegalArgumentException("a verdict is no key: " + value);
    }

    private static byte[] last(Value value) {
        return value instanceof Subnet subnet ? subnet.value().last().octets() : first(value);
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
