package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.spi.plan.FirewallChain;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallRule;
import io.cnm4j.spi.plan.FirewallSet;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.FirewallType;
import java.util.List;
import java.util.Optional;

/** One transaction. Not thread-safe. */
public final class NftBatch {
    private static final int SUBSYSTEM = 10; // NFNL_SUBSYS_NFTABLES
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NFPROTO_INET = 1;
    private static final int NEWTABLE = 0;
    private static final int DELTABLE = 2;
    private static final int NEWCHAIN = 3;
    private static final int NEWRULE = 6;
    private static final int NEWSET = 9;
    private static final int NEWSETELEM = 12;
    private static final int DELSETELEM = 14;
    private static final int SET_INTERVAL = 4;
    private static final int SET_MAP = 8;
    private static final int SET_CONCAT = 0x80;
    private static final int DATA_VERDICT = 0xffff_ff00;

    /** What nft(8) notes for itself of a set of names, NFTNL_UDATA_SET_KEYBYTEORDER: the host's order. Else it prints none. */
    private static final byte[] NAMES_AS_WRITTEN = {0, 4, 1, 0, 0, 0};

    private static final List<FirewallType> VERDICTS = List.of(FirewallType.VERDICT);
    private static final int ELEMENTS_PER_MESSAGE = 500; // an attribute ends at 64 KiB

    private final MessageBuilder messages;

    /** Begins an empty transaction. */
    public NftBatch() {
        this(new MessageBuilder());
    }

    /** Begins an empty transaction in this buffer, which is cleared. */
    public NftBatch(MessageBuilder messages) {
        this.messages = messages.clear();
        limit(BATCH_BEGIN);
    }

    private void limit(int type) {
        messages.begin(type, 0).u8(0).u8(0).u8(0).u8(SUBSYSTEM);
    }

    private MessageBuilder begin(int type, int flags) {
        return messages.begin(SUBSYSTEM << 8 | type, flags | MessageBuilder.ACK)
                .u8(NFPROTO_INET)
                .u8(0)
                .u16(0);
    }

    /** Adds: make this table with its sets, chains and rules; refused if it exists. */
    public NftBatch add(FirewallTable table) {
        begin(NEWTABLE, MessageBuilder.CREATE | MessageBuilder.EXCL).attr(1, table.name());
        int id = 1;
        for (FirewallSet set : table.sets()) {
            add(table, set, id++);
        }
        for (FirewallChain chain : table.chains()) {
            add(table, chain);
            for (FirewallRule rule : chain.rules()) {
                begin(NEWRULE, MessageBuilder.CREATE | MessageBuilder.APPEND)
                        .attr(1, table.name())
                        .attr(2, chain.name());
                new RuleEncoder(messages, table).encode(rule);
            }
        }
        return this;
    }

    /** Adds: make this table; one of its name is deleted first, with all it holds. */
    public NftBatch replace(FirewallTable table) {
        begin(NEWTABLE, MessageBuilder.CREATE).attr(1, table.name()); // so that there is one to delete
        return delete(table).add(table);
    }

    /** Adds: delete this table with all it holds. */
    public NftBatch delete(FirewallTable table) {
        begin(DELTABLE, 0).attr(1, table.name());
        return this;
    }

    private void add(FirewallTable table, FirewallSet set, int id) {
        boolean concatenation = set.key().size() > 1;
        int flags = (set.interval() ? SET_INTERVAL : 0)
                | (set.isMap() ? SET_MAP : 0)
                | (set.interval() && concatenation ? SET_CONCAT : 0);
        begin(NEWSET, MessageBuilder.CREATE | MessageBuilder.EXCL)
                .attr(1, table.name())
                .attr(2, set.name())
                .attr32be(3, flags)
                .attr32be(4, NftTypes.id(set.key()))
                .attr32be(5, NftTypes.length(set.key()));
        if (set.value().equals(VERDICTS)) {
            messages.attr32be(6, DATA_VERDICT);
        } else if (set.isMap()) {
            messages.attr32be(6, NftTypes.id(set.value())).attr32be(7, NftTypes.length(set.value()));
        }
        if (set.interval() && concatenation) {
            int description = messages.nest(9);
            int fields = messages.nest(2);
            for (FirewallType field : set.key()) {
                int one = messages.nest(1);
                messages.attr32be(1, NftTypes.length(List.of(field))).unnest(one);
            }
            messages.unnest(fields).unnest(description);
        }
        messages.attr32be(10, id);
        if (set.key().equals(List.of(FirewallType.IFNAME))) {
            messages.attr(13, NAMES_AS_WRITTEN);
        }
    }

    private void add(FirewallTable table, FirewallChain chain) {
        begin(NEWCHAIN, MessageBuilder.CREATE | MessageBuilder.EXCL)
                .attr(1, table.name())
                .attr(3, chain.name());
        chain.base().ifPresent(base -> {
            int hook = messages.nest(4);
            messages.attr32be(1, NftTypes.hook(base.hook()))
                    .attr32be(2, base.priority())
                    .unnest(hook);
            messages.attr32be(5, 1).attr(7, base.type()); // NF_ACCEPT
        });
    }

    /** Adds: put these elements into their sets; refused if one is there. */
    public NftBatch add(FirewallTable table, List<FirewallElement> elements) {
        return elements(table, elements, NEWSETELEM, MessageBuilder.CREATE | MessageBuilder.EXCL);
    }

    /** Adds: take these elements out of their sets; refused if one is not there. */
    public NftBatch delete(FirewallTable table, List<FirewallElement> elements) {
        return elements(table, elements, DELSETELEM, 0);
    }

    private NftBatch elements(FirewallTable table, List<FirewallElement> elements, int type, int flags) {
        int at = 0;
        while (at < elements.size()) {
            FirewallSet set = table.set(elements.get(at).set());
            begin(type, flags).attr(1, table.name()).attr(2, set.name());
            int list = messages.nest(3);
            int end = Math.min(elements.size(), at + ELEMENTS_PER_MESSAGE);
            var encoder = new ElementEncoder(set);
            boolean verdicts = set.value().equals(VERDICTS);
            while (at < end && elements.get(at).set().equals(set.name())) {
                for (RawElement.Mapping one : encoder.encode(elements.get(at++))) {
                    (type == NEWSETELEM ? one : new RawElement.Mapping(one.element(), Octets.NONE))
                            .encode(messages, verdicts);
                }
            }
            messages.unnest(list);
        }
        return this;
    }

    /** Ends the transaction and returns its messages: sent at once, and refused as a whole if one of them is. */
    public MessageBuilder ended() {
        limit(BATCH_END);
        return messages;
    }

    /**
     * Ends the transaction and sends it.
     *
     * @return the first refusal, if there was one: nothing has changed then
     */
    public Optional<Reply> commit(NetlinkSocket netfilter) {
        return netfilter.send(ended()).stream().filter(reply -> !reply.ok()).findFirst();
    }
}
