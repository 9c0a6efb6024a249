package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;

/**
 * The table inside a sandbox that brings questions to one address, port 53, to a port of the same address: one chain, a rule for UDP
 * and one for TCP. Not thread-safe.
 */
public final class NameRules {
    private static final int SUBSYSTEM = 10 << 8; // NFNL_SUBSYS_NFTABLES
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NEWTABLE = 0;
    private static final int DELTABLE = 2;
    private static final int NEWCHAIN = 3;
    private static final int NEWRULE = 6;
    private static final int GETRULE = 7;
    private static final int HOOK_OUTPUT = 3;
    private static final int PRIORITY_DESTINATION_NAT = -100;
    private static final int FIRST = 1; // NFT_REG_1
    private static final int SECOND = 2;
    private static final int META_L4PROTO = 16;
    private static final int NFGENMSG = 4;
    private static final byte[] PORT_53 = {0, 53};
    private static final byte[] PROTOCOLS = {17, 6};

    private final NetlinkSocket netfilter;
    private final MessageBuilder messages;
    private final String table;

    /** Speaks through this socket, of NETLINK_NETFILTER inside the sandbox, about the table of this name. */
    public NameRules(NetlinkSocket netfilter, MessageBuilder messages, String table) {
        this.netfilter = netfilter;
        this.messages = messages;
        this.table = table;
    }

    private MessageBuilder begin(int type, int flags) {
        return messages.begin(SUBSYSTEM | type, flags)
                .u8(NFPROTO_IPV4)
                .u8(0)
                .u16(0)
                .attr(1, table);
    }

    private void mark(int type) {
        messages.begin(type, 0).u8(0).u8(0).u8(0).u8(SUBSYSTEM >> 8);
    }

    private Optional<Reply> commit() {
        mark(BATCH_END);
        return netfilter.send(messages).stream().filter(reply -> !reply.ok()).findFirst();
    }

    /**
     * Makes the table, in place of one of its name.
     *
     * @param address four octets
     * @param port where questions go
     * @return the refusal, if there was one: nothing has changed then
     */
    public Optional<Reply> put(byte[] address, int port) {
        int asking = MessageBuilder.ACK;
        messages.clear();
        mark(BATCH_BEGIN);
        begin(NEWTABLE, MessageBuilder.CREATE | asking); // so that there is one to delete
        begin(DELTABLE, asking);
        begin(NEWTABLE, MessageBuilder.CREATE | MessageBuilder.EXCL | asking);
        begin(NEWCHAIN, MessageBuilder.CREATE | MessageBuilder.EXCL | asking).attr(3, "output");
        int hook = messages.nest(4);
        messages.attr32be(1, HOOK_OUTPUT).attr32be(2, PRIORITY_DESTINATION_NAT).unnest(hook);
        messages.attr32be(5, 1).attr(7, "nat"); // NF_ACCEPT
        for (byte protocol : PROTOCOLS) {
            begin(NEWRULE, MessageBuilder.CREATE | MessageBuilder.APPEND | asking)
                    .attr(2, "output");
            int all = messages.nest(4);
            rule(protocol, address, port);
            messages.unnest(all);
        }
        return commit();
    }

    /** Deletes the table; returns the refusal, if there was one. */
    public Optional<Reply> delete() {
        messages.clear();
        mark(BATCH_BEGIN);
        begin(DELTABLE, MessageBuilder.ACK);
        return commit();
    }

    private void rule(byte protocol, byte[] address, int port) {
        payload(1, 16, 4); // network header: destination address
        equal(address);
        expression("meta", () -> messages.attr32be(2, META_L4PROTO).attr32be(1, FIRST));
        equal(new byte[] {protocol});
        payload(2, 2, 2); // transport header: destination port
        equal(PORT_53);
        immediate(FIRST, address);
        immediate(SECOND, new byte[] {(byte) (port >> 8), (byte) port});
        expression(
                "nat",
                () -> messages.attr32be(1, 1) // NFT_NAT_DNAT
                        .attr32be(2, NFPROTO_IPV4)
                        .attr32be(3, FIRST)
                        .attr32be(5, SECOND));
    }

    private void expression(String name, Runnable data) {
        int element = messages.nest(1);
        messages.attr(1, name);
        int nest = messages.nest(2);
        data.run();
        messages.unnest(nest).unnest(element);
    }

    private void payload(int base, int offset, int length) {
        expression(
                "payload",
                () -> messages.attr32be(1, FIRST)
                        .attr32be(2, base)
                        .attr32be(3, offset)
                        .attr32be(4, length));
    }

    private void equal(byte[] octets) {
        expression("cmp", () -> {
            messages.attr32be(1, FIRST).attr32be(2, 0);
            int data = messages.nest(3);
            messages.attr(1, octets).unnest(data);
        });
    }

    private void immediate(int register, byte[] octets) {
        expression("immediate", () -> {
            messages.attr32be(1, register);
            int data = messages.nest(2);
            messages.attr(1, octets).unnest(data);
        });
    }

    /** Tells whether the table is there and brings questions to this port, and does nothing else. */
    public boolean isThere(byte[] address, int port) {
        messages.clear();
        begin(GETRULE, MessageBuilder.DUMP);
        var found = new ArrayList<AttributeCursor>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            expressions(new AttributeCursor(payload.slice(NFGENMSG, payload.limit() - NFGENMSG)))
                    .ifPresent(found::add);
        }
        if (found.size() != PROTOCOLS.length) {
            return false;
        }
        boolean same = true;
        for (int i = 0; i < PROTOCOLS.length; i++) {
            messages.clear().begin(NEWRULE, 0);
            int all = messages.nest(4);
            rule(PROTOCOLS[i], address, port);
            messages.unnest(all);
            var wanted = new AttributeCursor(messages.last());
            wanted.next();
            same &= Expressions.alike(wanted.nested(), found.get(i));
        }
        return same;
    }

    private Optional<AttributeCursor> expressions(AttributeCursor at) {
        String tableName = "";
        AttributeCursor expressions = null;
        while (at.next()) {
            if (at.type() == 1) {
                tableName = at.text();
            } else if (at.type() == 4) {
                expressions = at.nested();
            }
        }
        return tableName.equals(table)
                ? Optional.ofNullable(expressions)
                : Optional.empty(); // old kernels do not filter
    }
}
