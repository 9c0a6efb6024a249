package io.cnm4j.linux.nftables;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.spi.plan.FirewallChain;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallSet;
import io.cnm4j.spi.plan.FirewallTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions about one table. Changes nothing. */
public final class NftQueries {
    private static final int SUBSYSTEM = 10; // NFNL_SUBSYS_NFTABLES
    private static final int NFPROTO_INET = 1;
    private static final int NFGENMSG = 4;
    private static final int GETTABLE = 1;
    private static final int GETCHAIN = 4;
    private static final int GETRULE = 7;
    private static final int GETSET = 10;
    private static final int GETSETELEM = 13;
    private static final int ACCEPT = 1; // NF_ACCEPT
    private static final int ELEMENTS = 3; // NFTA_SET_ELEM_LIST_ELEMENTS

    private final NetlinkSocket netfilter;
    private final MessageBuilder messages = new MessageBuilder();
    private final FirewallTable table;
    private final Map<String, Map<RawElement, Octets>> held = new HashMap<>(); // sets that were read

    /** Asks through this socket, of NETLINK_NETFILTER, about this table. */
    public NftQueries(NetlinkSocket netfilter, FirewallTable table) {
        this.netfilter = netfilter;
        this.table = table;
    }

    private MessageBuilder ask(int type, int flags) {
        return messages.clear()
                .begin(SUBSYSTEM << 8 | type, flags)
                .u8(NFPROTO_INET)
                .u8(0)
                .u16(0)
                .attr(1, table.name());
    }

    /** Tells whether there is a table of this name. */
    public boolean exists() {
        ask(GETTABLE, MessageBuilder.ACK);
        return netfilter.send(messages).get(0).ok();
    }

    /** Returns how sets, chains and rules of the table differ; empty if they do not. */
    public List<String> damage() {
        var damage = new ArrayList<String>();
        List<String> sets = texts(GETSET, 2);
        for (FirewallSet set : table.sets()) {
            if (!sets.contains(set.name())) {
                damage.add("set " + set.name() + " is missing");
            }
        }
        Map<String, Integer> chains = policies();
        Map<String, List<AttributeCursor>> rules = rules();
        for (FirewallChain chain : table.chains()) {
            if (chains.containsKey(chain.name())) {
                damage(chain, chains.getOrDefault(chain.name(), 0), rules.getOrDefault(chain.name(), List.of()))
                        .ifPresent(damage::add);
            } else {
                damage.add("chain " + chain.name() + " is missing");
            }
        }
        return damage;
    }

    private Optional<String> damage(FirewallChain chain, int policy, List<AttributeCursor> rules) {
        if (policy != ACCEPT) {
            return Optional.of("chain " + chain.name() + " has another policy than accept");
        } else if (rules.size() != chain.rules().size()) {
            return Optional.of("chain " + chain.name() + " has " + rules.size() + " rules, not "
                    + chain.rules().size());
        }
        for (int i = 0; i < rules.size(); i++) {
            messages.clear().begin(0, 0);
            new RuleEncoder(messages, table).encode(chain.rules().get(i));
            var wanted = new AttributeCursor(messages.last());
            wanted.next();
            if (!Expressions.alike(wanted.nested(), rules.get(i))) {
                return Optional.of("chain " + chain.name() + " has another rule in place " + (i + 1) + " than "
                        + chain.rules().get(i));
            }
        }
        return Optional.empty();
    }

    private Map<String, Integer> policies() {
        ask(GETCHAIN, MessageBuilder.DUMP);
        var policies = new HashMap<String, Integer>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            AttributeCursor at = attributes(payload);
            String tableName = "";
            String chain = "";
            int policy = ACCEPT;
            while (at.next()) {
                switch (at.type()) {
                    case 1 -> tableName = at.text();
                    case 3 -> chain = at.text();
                    case 5 -> policy = ByteBuffer.wrap(at.octets()).getInt();
                    default -> {}
                }
            }
            at.finish();
            if (tableName.equals(table.name())) { // the kernel does not filter chains
                policies.put(chain, policy);
            }
        }
        return policies;
    }

    /** Returns the expressions of the rules of each chain. */
    private Map<String, List<AttributeCursor>> rules() {
        ask(GETRULE, MessageBuilder.DUMP);
        var rules = new HashMap<String, List<AttributeCursor>>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            AttributeCursor at = attributes(payload);
            String tableName = "";
            String chain = "";
            var expressions = new AttributeCursor(ByteBuffer.allocate(0));
            while (at.next()) {
                switch (at.type()) {
                    case 1 -> tableName = at.text();
                    case 2 -> chain = at.text();
                    case 4 -> expressions = at.nested();
                    default -> {}
                }
            }
            at.finish();
            if (tableName.equals(table.name())) { // old kernels do not filter
                rules.computeIfAbsent(chain, name -> new ArrayList<>()).add(expressions);
            }
        }
        return rules;
    }

    private List<String> texts(int type, int attribute) {
        ask(type, MessageBuilder.DUMP);
        var texts = new ArrayList<String>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            AttributeCursor at = attributes(payload);
            String tableName = "";
            String text = "";
            while (at.next()) {
                if (at.type() == 1) {
                    tableName = at.text();
                } else if (at.type() == attribute) {
                    text = at.text();
                }
            }
            if (tableName.equals(table.name())) { // old kernels do not filter
                texts.add(text);
            }
        }
        return texts;
    }

    private static AttributeCursor attributes(ByteBuffer payload) {
        return new AttributeCursor(payload.slice(NFGENMSG, payload.limit() - NFGENMSG));
    }

    /** How an element is. */
    public enum Presence {
        /** It is there as it should be. */
        SAME,
        /** Its key is there and maps to something else. */
        OTHER_VALUE,
        /** It is not there, nor is its table or set. */
        ABSENT
    }

    /** Returns how each of these elements is, in their order. Reads each set of them once, whole, in the life of this object. */
    public List<Presence> presence(List<FirewallElement> elements) {
        var answers = new ArrayList<Presence>();
        for (FirewallElement element : elements) {
            FirewallSet set = table.set(element.set());
            Map<RawElement, Octets> there = held.computeIfAbsent(set.name(), this::raw);
            answers.add(new ElementEncoder(set)
                    .encode(element).stream()
                            .map(wanted -> presence(Optional.ofNullable(there.get(wanted.element())), wanted.data()))
                            .reduce(Presence.SAME, (a, b) -> a.compareTo(b) >= 0 ? a : b));
        }
        return answers;
    }

    private static Presence presence(Optional<Octets> found, Octets wanted) {
        return found.map(data -> data.equals(wanted) ? Presence.SAME : Presence.OTHER_VALUE)
                .orElse(Presence.ABSENT);
    }

    /** Returns all elements of a set of the table. */
    public List<FirewallElement> elements(FirewallSet set) {
        return new ElementDecoder(set)
                .decode(raw(set.name()).entrySet().stream()
                        .map(one -> new RawElement.Mapping(one.getKey(), one.getValue()))
                        .toList());
    }

    private Map<RawElement, Octets> raw(String set) {
        var elements = new HashMap<RawElement, Octets>();
        ask(GETSETELEM, MessageBuilder.DUMP).attr(2, set);
        try {
            for (ByteBuffer payload : netfilter.dump(messages)) {
                AttributeCursor at = attributes(payload);
                while (at.next()) {
                    if (at.type() == ELEMENTS) {
                        read(at.nested(), elements);
                    }
                }
                at.finish();
            }
        } catch (KernelException gone) {
            if (gone.errno() != Errno.ENOENT) {
                throw gone;
            }
        }
        return elements;
    }

    private static void read(AttributeCursor list, Map<RawElement, Octets> into) {
        while (list.next()) {
            RawElement.Mapping one = RawElement.Mapping.read(list.nested());
            into.put(one.element(), one.data());
        }
        list.finish();
    }
}
