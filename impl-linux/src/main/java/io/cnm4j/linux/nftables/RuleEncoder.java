package io.cnm4j.linux.nftables;

import io.cnm4j.api.model.Family;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.spi.plan.FirewallRule;
import io.cnm4j.spi.plan.FirewallRule.DestinationMap;
import io.cnm4j.spi.plan.FirewallRule.Established;
import io.cnm4j.spi.plan.FirewallRule.Field;
import io.cnm4j.spi.plan.FirewallRule.FromOutside;
import io.cnm4j.spi.plan.FirewallRule.Goto;
import io.cnm4j.spi.plan.FirewallRule.InSet;
import io.cnm4j.spi.plan.FirewallRule.InSubnet;
import io.cnm4j.spi.plan.FirewallRule.InSubnets;
import io.cnm4j.spi.plan.FirewallRule.Match;
import io.cnm4j.spi.plan.FirewallRule.NotInSet;
import io.cnm4j.spi.plan.FirewallRule.SourceMap;
import io.cnm4j.spi.plan.FirewallRule.ToElsewhere;
import io.cnm4j.spi.plan.FirewallRule.Translated;
import io.cnm4j.spi.plan.FirewallRule.VerdictMap;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.SubnetSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Expressions of one rule. Fields are loaded one behind the other from the first register; each part fills whole ones. */
final class RuleEncoder {
    private static final int FIRST = 1; // NFT_REG_1, as the kernel calls what may be called NFT_REG32_00 too
    private static final int REG32_00 = 8;
    private static final int WORDS = 4; // in a full register
    private static final int EXPRESSIONS = 4;
    private static final int ESTABLISHED_OR_RELATED = 2 | 4; // NF_CT_STATE_BIT
    private static final int DESTINATION_TRANSLATED = 1 << 5; // IPS_DST_NAT
    private static final int NEQ = 1;
    private static final int GOTO = -4; // NFT_GOTO
    private static final int NOT = -2; // no destination, and the match inverted
    private static final int NETWORK = 1; // NFT_PAYLOAD_NETWORK_HEADER
    private static final int TRANSPORT = 2; // NFT_PAYLOAD_TRANSPORT_HEADER
    private static final byte[] LOOPBACK = {'l', 'o'};

    private final MessageBuilder messages;
    private final FirewallTable table;

    RuleEncoder(MessageBuilder messages, FirewallTable table) {
        this.messages = messages;
        this.table = table;
    }

    void encode(FirewallRule rule) {
        int all = messages.nest(EXPRESSIONS);
        for (Match match : rule.matches()) {
            encode(match);
        }
        if (rule.action() instanceof VerdictMap map) {
            load(map.fields());
            lookup(map.map(), 0); // NFT_REG_VERDICT
        } else if (rule.action() instanceof SourceMap map) {
            load(List.of(map.field()));
            lookup(map.map(), FIRST);
            sourceNat(map.field());
        } else if (rule.action() instanceof DestinationMap map) {
            load(map.fields());
            lookup(map.map(), FIRST);
            destinationNat(map);
        } else if (rule.action() == FirewallRule.Verdict.MASQUERADE) {
            end(begin("masq"));
        } else if (rule.action() instanceof Goto other) {
            verdict(GOTO, other.chain());
        } else {
            verdict(rule.action() == FirewallRule.Verdict.ACCEPT ? 1 : 0, "");
        }
        messages.unnest(all);
    }

    private void verdict(int code, String chain) {
        int expression = begin("immediate");
        messages.attr32be(1, 0);
        int data = messages.nest(2);
        int verdict = messages.nest(2);
        messages.attr32be(1, code);
        if (!chain.isEmpty()) {
            messages.attr(2, chain);
        }
        messages.unnest(verdict).unnest(data);
        end(expression);
    }

    private void encode(Match match) {
        if (match instanceof InSet inSet) {
            load(inSet.fields());
            lookup(inSet.set(), -1);
        } else if (match instanceof InSubnets subnets) {
            load(subnets.fields());
            middle(
                    subnets.size(),
                    register(words(subnets.fields().subList(0, subnets.fields().size() - 1))));
            lookup(subnets.set(), -1);
        } else if (match instanceof NotInSet notInSet) {
            load(notInSet.fields());
            lookup(notInSet.set(), NOT);
        } else if (match instanceof Established) {
            flagged(0, ESTABLISHED_OR_RELATED);
        } else if (match instanceof Translated) {
            flagged(2, DESTINATION_TRANSLATED);
        } else if (match instanceof FromOutside) {
            meta(6, FIRST);
            compare(NEQ, Arrays.copyOf(LOOPBACK, 16));
        } else if (match instanceof ToElsewhere) {
            int expression = begin("fib");
            messages.attr32be(1, FIRST).attr32be(2, 3).attr32be(3, 2); // NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_DADDR
            end(expression);
            compare(NEQ, host32(2)); // RTN_LOCAL
        } else if (match instanceof InSubnet inSubnet) {
            subnet(inSubnet);
        }
    }

    private void subnet(InSubnet match) {
        boolean ipv4 = match.subnet().family() == Family.IPV4;
        family(match.field());
        int length = match.subnet().length() / Byte.SIZE;
        int source = ipv4 ? 12 : 8;
        boolean destination = match.field() == Field.IP_DADDR || match.field() == Field.IP6_DADDR;
        payload(FIRST, NETWORK, destination ? source + (ipv4 ? 4 : 16) : source, length);
        compare(0, Arrays.copyOf(match.subnet().address().octets(), length));
    }

    /** Where an expression and its data began. */
    private record Open(int element, int data) {}

    private Open open(String name) {
        int element = messages.nest(1);
        messages.attr(1, name);
        return new Open(element, messages.nest(2));
    }

    private Open current = new Open(0, 0);

    private int begin(String name) {
        current = open(name);
        return current.data();
    }

    private void end(int data) {
        messages.unnest(data).unnest(current.element());
    }

    private void load(List<Field> fields) {
        fields.stream().filter(RuleEncoder::isAddress).findFirst().ifPresent(this::family); // they are of one
        int word = 0;
        for (Field field : fields) {
            int register = register(word);
            switch (field) {
                case IIFNAME -> meta(6, register);
                case OIFNAME -> meta(7, register);
                case NFPROTO -> meta(15, register);
                case L4PROTO -> meta(16, register);
                case IP_SADDR -> payload(register, NETWORK, 12, 4);
                case IP_DADDR -> payload(register, NETWORK, 16, 4);
                case IP6_SADDR -> payload(register, NETWORK, 8, 16);
                case IP6_DADDR -> payload(register, NETWORK, 24, 16);
                case SPORT -> payload(register, TRANSPORT, 0, 2);
                case DPORT -> payload(register, TRANSPORT, 2, 2);
            }
            word += words(List.of(field));
        }
    }

    private static int words(List<Field> fields) {
        return fields.stream()
                .mapToInt(field -> switch (field) {
                    case NFPROTO, L4PROTO, IP_SADDR, IP_DADDR, SPORT, DPORT -> 1;
                    case IIFNAME, OIFNAME, IP6_SADDR, IP6_DADDR -> WORDS;
                })
                .sum();
    }

    private static boolean isAddress(Field field) {
        return switch (field) {
            case IP_SADDR, IP_DADDR, IP6_SADDR, IP6_DADDR -> true;
            default -> false;
        };
    }

    /** A field of one family implies the match of that family. */
    private void family(Field field) {
        switch (field) {
            case IP_SADDR, IP_DADDR -> nfproto(Family.IPV4);
            case IP6_SADDR, IP6_DADDR -> nfproto(Family.IPV6);
            default -> {}
        }
    }

    private void nfproto(Family family) {
        meta(15, FIRST);
        compare(0, new byte[] {number(family)});
    }

    private static byte number(Family family) {
        return (byte) (family == Family.IPV4 ? 2 : 10);
    }

    private static int register(int word) {
        return word % WORDS == 0 ? FIRST + word / WORDS : REG32_00 + word;
    }

    private void meta(int key, int register) {
        int expression = begin("meta");
        messages.attr32be(2, key).attr32be(1, register);
        end(expression);
    }

    private void payload(int register, int base, int offset, int length) {
        int expression = begin("payload");
        messages.attr32be(1, register).attr32be(2, base).attr32be(3, offset).attr32be(4, length);
        end(expression);
    }

    private void compare(int operator, byte[] octets) {
        int expression = begin("cmp");
        messages.attr32be(1, FIRST).attr32be(2, operator);
        int data = messages.nest(3);
        messages.attr(1, octets).unnest(data);
        end(expression);
    }

    /** Goes on if a word of the connection has one of these bits. */
    private void flagged(int key, int bits) {
        int expression = begin("ct");
        messages.attr32be(2, key).attr32be(1, FIRST); // NFT_CT_STATE, NFT_CT_STATUS
        end(expression);
        bitwise(FIRST, host32(bits), host32(0));
        compare(NEQ, host32(0));
    }

    /** An address becomes the middle of its subnet. */
    private void middle(SubnetSize size, int register) {
        bitwise(register, size.mask().octets(), size.half().octets());
    }

    private void bitwise(int register, byte[] mask, byte[] xor) {
        int expression = begin("bitwise");
        messages.attr32be(1, register).attr32be(2, register).attr32be(3, mask.length);
        int and = messages.nest(4);
        messages.attr(1, mask).unnest(and);
        int other = messages.nest(5);
        messages.attr(1, xor).unnest(other);
        end(expression);
    }

    private static byte[] host32(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private void lookup(String set, int destination) {
        int expression = begin("lookup");
        messages.attr(1, table.set(set).name()).attr32be(2, FIRST);
        if (destination == NOT) {
            messages.attr32be(5, 1); // NFT_LOOKUP_F_INV
        } else if (destination >= 0) {
            messages.attr32be(3, destination);
        }
        end(expression);
    }

    private void destinationNat(DestinationMap map) {
        boolean port = table.set(map.map()).value().size() > 1;
        int afterAddress = register(map.family() == Family.IPV4 ? 1 : WORDS);
        int expression = begin("nat");
        messages.attr32be(1, 1).attr32be(2, number(map.family())).attr32be(3, FIRST);
        if (port) {
            messages.attr32be(5, afterAddress);
        }
        end(expression);
    }

    private void sourceNat(Field field) {
        int expression = begin("nat");
        messages.attr32be(1, 0)
                .attr32be(2, field == Field.IP_SADDR ? 2 : 10)
                .attr32be(3, FIRST)
                .attr32be(4, FIRST);
        end(expression);
    }
}
