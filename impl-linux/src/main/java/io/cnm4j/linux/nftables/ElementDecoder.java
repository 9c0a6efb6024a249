package io.cnm4j.linux.nftables;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.linux.nftables.RawElement.Mapping;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallElement.Address;
import io.cnm4j.spi.plan.FirewallElement.LinkName;
import io.cnm4j.spi.plan.FirewallElement.Protocol;
import io.cnm4j.spi.plan.FirewallElement.Subnet;
import io.cnm4j.spi.plan.FirewallElement.Value;
import io.cnm4j.spi.plan.FirewallElement.Verdict;
import io.cnm4j.spi.plan.FirewallSet;
import io.cnm4j.spi.plan.FirewallType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Elements of one set, from what the kernel holds: the way back of {@link ElementEncoder}. */
final class ElementDecoder {
    private final FirewallSet set;

    ElementDecoder(FirewallSet set) {
        this.set = set;
    }

    /** Returns the elements; a range that is no prefix, which this library never adds, is passed over. */
    List<FirewallElement> decode(List<Mapping> raw) {
        var elements = new ArrayList<FirewallElement>();
        List<Mapping> sorted = raw.stream()
                .sorted(Comparator.comparing((Mapping one) -> one.element().key())
                        .thenComparing(one -> !one.element().end()))
                .toList();
        for (int i = 0; i < sorted.size(); i++) {
            Mapping one = sorted.get(i);
            if (!one.element().end()) {
                boolean ends =
                        i + 1 < sorted.size() && sorted.get(i + 1).element().end();
                key(
                                one.element(),
                                ends ? Optional.of(sorted.get(i + 1).element().key()) : Optional.empty())
                        .ifPresent(key -> elements.add(new FirewallElement(set.name(), key, value(one.data()))));
            }
        }
        return elements;
    }

    private Optional<List<Value>> key(RawElement raw, Optional<Octets> next) {
        byte[] first = raw.key().array();
        byte[] last = last(raw, next, first);
        var key = new ArrayList<Value>();
        int at = 0;
        for (FirewallType type : set.key()) {
            int length = NftTypes.length(List.of(type));
            Optional<Value> value =
                    value(type, Arrays.copyOfRange(first, at, at + length), Arrays.copyOfRange(last, at, at + length));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            key.add(value.orElseThrow());
            at += (length + 3) & ~3;
        }
        return Optional.of(key);
    }

    private byte[] last(RawElement raw, Optional<Octets> next, byte[] first) {
        if (!set.interval()) {
            return first;
        }
        if (set.key().size() > 1) {
            return raw.keyEnd().isEmpty() ? first : raw.keyEnd().array();
        }
        byte[] allOnes = new byte[first.length];
        Arrays.fill(allOnes, (byte) -1);
        return next.map(end -> IpAddress.of(end.array()).plus(-1).octets()).orElse(allOnes);
    }

    private Optional<Value> value(FirewallType type, byte[] first, byte[] last) {
        return switch (type) {
            case IFNAME -> Optional.of(new LinkName(new String(first, StandardCharsets.US_ASCII).replace("\0", "")));
            case NF_PROTO -> Optional.of(new Protocol(first[0] == 2 ? Family.IPV4 : Family.IPV6));
            case INET_PROTO ->
                Optional.of(
                        first[0] == last[0]
                                ? new FirewallElement.Transport(first[0] & 0xff)
                                : new FirewallElement.AnyTransport());
            case INET_SERVICE -> ports(port(first), port(last));
            case IPV4_ADDR, IPV6_ADDR ->
                set.interval()
                        ? prefix(IpAddress.of(first), IpAddress.of(last))
                        : Optional.of(new Address(IpAddress.of(first)));
            case VERDICT -> throw new IllegalArgumentException("a verdict is no key");
        };
    }

    private static int port(byte[] octets) {
        return (octets[0] & 0xff) << 8 | (octets[1] & 0xff);
    }

    private static Optional<Value> ports(int first, int last) {
        return first < 1 || last < first
                ? Optional.empty()
                : Optional.of(new FirewallElement.Ports(new PortRange(first, last)));
    }

    private static Optional<Value> prefix(IpAddress first, IpAddress last) {
        for (int length = first.family().bits(); length >= 0; length--) {
            var prefix = new IpPrefix(first, length);
            if (!prefix.hasHostBits() && prefix.last().equals(last)) {
                return Optional.of(new Subnet(prefix));
            }
        }
        return Optional.empty();
    }

    private static Value verdict(byte[] octets) {
        if (octets.length > Integer.BYTES) {
            return new FirewallElement.Goto(RawElement.chain(octets));
        }
        return octets[octets.length - 1] == 1 ? Verdict.ACCEPT : Verdict.DROP;
    }

    private List<Value> value(Octets data) {
        if (!set.isMap() || data.isEmpty()) {
            return List.of();
        }
        byte[] octets = data.array();
        if (set.value().get(0) == FirewallType.VERDICT) {
            return List.of(verdict(octets));
        }
        var values = new ArrayList<Value>();
        int at = 0;
        for (FirewallType type : set.value()) {
            byte[] part = Arrays.copyOfRange(octets, at, at + NftTypes.length(List.of(type)));
            if (type == FirewallType.INET_SERVICE) {
                ports(port(part), port(part)).ifPresent(values::add);
            } else {
                values.add(new Address(IpAddress.of(part)));
            }
            at += (part.length + 3) & ~3;
        }
        return values;
    }
}
