package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.spi.plan.FirewallRule;
import io.cnm4j.spi.plan.FirewallRule.Established;
import io.cnm4j.spi.plan.FirewallRule.Field;
import io.cnm4j.spi.plan.FirewallRule.InSet;
import io.cnm4j.spi.plan.FirewallRule.Match;
import io.cnm4j.spi.plan.FirewallRule.SourceMap;
import io.cnm4j.spi.plan.FirewallRule.VerdictMap;
import io.cnm4j.spi.plan.FirewallTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Expressions of one rule. Fields are loaded one behind the other from the first register; each part fills whole ones. */
final class RuleEncoder {
    private static final int FIRST = 1; // NFT_REG_1, as the kernel calls what may be called NFT_REG32_00 too
    private static final int REG32_00 = 8;
    private static final int WORDS = 4; // in a full register
    private static final int EXPRESSIONS = 4;
    private static final int ESTABLISHED_OR_RELATED = 2 | 4; // NF_CT_STATE_BIT
    private static final int NEQ = 1;

    private final MessageBuilder messages;
    private final FirewallTable table;

    RuleEncoder(MessageBuilder messages, FirewallTable table) {
        this.messages = messages;
        this.table = table;
    }

    void encode(FirewallRule rule) {
        int all = messages.nest(EXPRESSIONS);
        for (Match match : rule.matches()) {
            if (match instanceof InSet inSet) {
                load(inSet.fields());
                lookup(inSet.set(), -1);
            } else if (match instanceof Established) {
                established();
            }
        }
        if (rule.action() instanceof VerdictMap map) {
            load(map.fields());
            lookup(map.map(), 0); // NFT_REG_VERDICT
        } else if (rule.action() instanceof SourceMap map) {
            load(List.of(map.field()));
            lookup(map.map(), FIRST);
            sourceNat(map.field());
        } else if (rule.action() == FirewallRule.Verdict.MASQUERADE) {
            end(begin("masq"));
        } else {
            int expression = begin("immediate");
            messages.attr32be(1, 0);
            int data = messages.nest(2);
            int verdict = messages.nest(2);
            messages.attr32be(1, rule.action() == FirewallRule.Verdict.ACCEPT ? 1 : 0)
                    .unnest(verdict)
                    .unnest(data);
            end(expression);
        }
        messages.unnest(all);
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
        for (Field field : fields) {
            if (field == Field.IP_SADDR || field == Field.IP6_SADDR) {
                meta(15, FIRST);
                compare(0, new byte[] {(byte) (field == Field.IP_SADDR ? 2 : 10)}); // the implied nfproto
            }
        }
        int word = 0;
        for (Field field : fields) {
            switch (field) {
                case IIFNAME -> meta(6, register(word));
                case OIFNAME -> meta(7, register(word));
                case NFPROTO -> meta(15, register(word));
                case IP_SADDR -> payload(register(word), 12, 4);
                case IP6_SADDR -> payload(register(word), 8, 16);
            }
            word += field == Field.IP_SADDR || field == Field.NFPROTO ? 1 : 4;
        }
    }

    private static int register(int word) {
        return word % WORDS == 0 ? FIRST + word / WORDS : REG32_00 + word;
    }

    private void meta(int key, int register) {
        int expression = begin("meta");
        messages.attr32be(2, key).attr32be(1, register);
        end(expression);
    }

    private void payload(int register, int offset, int length) {
        int expression = begin("payload");
        messages.attr32be(1, register).attr32be(2, 1).attr32be(3, offset).attr32be(4, length); // network header
        end(expression);
    }

    private void compare(int operator, byte[] octets) {
        int expression = begin("cmp");
        messages.attr32be(1, FIRST).attr32be(2, operator);
        int data = messages.nest(3);
        messages.attr(1, octets).unnest(data);
        end(expression);
    }

    private void established() {
        int expression = begin("ct");
        messages.attr32be(2, 0).attr32be(1, FIRST); // NFT_CT_STATE
        end(expression);
        expression = begin("bitwise");
        messages.attr32be(1, FIRST).attr32be(2, FIRST).attr32be(3, 4);
        int mask = messages.nest(4);
        messages.attr(1, host32(ESTABLISHED_OR_RELATED)).unnest(mask);
        int xor = messages.nest(5);
        messages.attr(1, host32(0)).unnest(xor);
        end(expression);
        compare(NEQ, host32(0));
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
        if (destination >= 0) {
            messages.attr32be(3, destination);
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
