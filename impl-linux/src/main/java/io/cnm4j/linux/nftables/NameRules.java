package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table inside a sandbox that brings questions to one address, port 53, to a port of the same address, and makes the answers come
 * from port 53: one chain at the loopback device, which rewrites ports and keeps no state. So what comes and goes by other devices
 * passes no rule, and the kernel tracks no connection for it. An error of ICMP about such a question has its port 53 again, so that
 * whoever asks is refused at once if nobody answers. Not thread-safe.
 */
public final class NameRules {
    private static final int SUBSYSTEM = 10 << 8; // NFNL_SUBSYS_NFTABLES
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NFPROTO_NETDEV = 5;
    private static final int NEWTABLE = 0;
    private static final int DELTABLE = 2;
    private static final int NEWCHAIN = 3;
    private static final int NEWRULE = 6;
    private static final int GETRULE = 7;
    private static final int HOOK_INGRESS = 0;
    private static final int REGISTER = 1; // NFT_REG_1
    private static final int META_PROTOCOL = 1;
    private static final int META_L4PROTO = 16;
    private static final int NETWORK = 1; // NFT_PAYLOAD_NETWORK_HEADER
    private static final int TRANSPORT = 2; // NFT_PAYLOAD_TRANSPORT_HEADER
    private static final int NFGENMSG = 4;
    private static final String CHAIN = "lo";
    private static final byte[] ETHERTYPE_IPV4 = {8, 0};
    private static final byte[] PORT_53 = {0, 53};
    private static final byte[] UNREACHABLE = {3};
    private static final int SOURCE = 12; // of the IPv4 header
    private static final int DESTINATION = 16;

    /**
     * What one rule rewrites.
     *
     * @param answers whether it is what comes from the server, or what goes there
     * @param protocol of IP
     * @param address where in the header of IPv4 the server's address is
     * @param port where in the header of the protocol the server's port is
     * @param checksum where in it the checksum is
     */
    private record Rewrite(boolean answers, int protocol, int address, int port, int checksum) {}

    private static final int ICMP = 1;
    private static final List<Rewrite> RULES = List.of(
            new Rewrite(false, 17, DESTINATION, 2, 6),
            new Rewrite(false, 6, DESTINATION, 2, 16),
            new Rewrite(true, 17, SOURCE, 0, 6),
            new Rewrite(true, 6, SOURCE, 0, 16),
            new Rewrite(true, ICMP, SOURCE, 30, 2)); // in the packet it quotes, whose IPv4 header has no options

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
                .u8(NFPROTO_NETDEV)
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
     * Makes the table.
     *
     * @param address four octets
     * @param port where questions go
     * @return the refusal, if there was one: nothing has changed then. EEXIST if there is one of its name
     */
    public Optional<Reply> make(byte[] address, int port) {
        messages.clear();
        mark(BATCH_BEGIN);
        table(address, port);
        return commit();
    }

    /**
     * Makes the table, in place of one of its name. The kernel waits for its readers before it lets go of that one, and whoever
     * closes a socket of this kind waits with it: milliseconds.
     *
     * @param address four octets
     * @param port where questions go
     * @return the refusal, if there was one: nothing has changed then
     */
    public Optional<Reply> replace(byte[] address, int port) {
        messages.clear();
        mark(BATCH_BEGIN);
        begin(NEWTABLE, MessageBuilder.CREATE | MessageBuilder.ACK); // so that there is one to delete
        begin(DELTABLE, MessageBuilder.ACK);
        table(address, port);
        return commit();
    }

    private void table(byte[] address, int port) {
        int asking = MessageBuilder.ACK;
        begin(NEWTABLE, MessageBuilder.CREATE | MessageBuilder.EXCL | asking);
        begin(NEWCHAIN, MessageBuilder.CREATE | MessageBuilder.EXCL | asking).attr(3, CHAIN);
        int hook = messages.nest(4);
        messages.attr32be(1, HOOK_INGRESS).attr32be(2, 0).attr(3, "lo").unnest(hook);
        messages.attr32be(5, 1).attr(7, "filter"); // NF_ACCEPT
        for (Rewrite rewrite : RULES) {
            begin(NEWRULE, MessageBuilder.CREATE | MessageBuilder.APPEND | asking)
                    .attr(2, CHAIN);
            rule(rewrite, address, port);
        }
    }

    /** Deletes the table; returns the refusal, if there was one. */
    public Optional<Reply> delete() {
        messages.clear();
        mark(BATCH_BEGIN);
        begin(DELTABLE, MessageBuilder.ACK);
        return commit();
    }

    private void rule(Rewrite rewrite, byte[] address, int port) {
        byte[] own = {(byte) (port >> 8), (byte) port};
        int all = messages.nest(4);
        meta(META_PROTOCOL);
        equal(ETHERTYPE_IPV4);
        payload(NETWORK, rewrite.address(), address.length);
        equal(address);
        meta(META_L4PROTO);
        equal(new byte[] {(byte) rewrite.protocol()});
        if (rewrite.protocol() == ICMP) {
            payload(TRANSPORT, 0, UNREACHABLE.length);
            equal(UNREACHABLE);
        }
        payload(TRANSPORT, rewrite.port(), own.length);
        equal(rewrite.answers() ? own : PORT_53);
        immediate(rewrite.answers() ? PORT_53 : own);
        write(rewrite.port(), own.length, rewrite.checksum());
        messages.unnest(all);
    }

    private void expression(String name, Runnable data) {
        int element = messages.nest(1);
        messages.attr(1, name);
        int nest = messages.nest(2);
        data.run();
        messages.unnest(nest).unnest(element);
    }

    private void meta(int key) {
        expression("meta", () -> messages.attr32be(2, key).attr32be(1, REGISTER));
    }

    private void payload(int base, int offset, int length) {
        expression(
                "payload",
                () -> messages.attr32be(1, REGISTER)
                        .attr32be(2, base)
                        .attr32be(3, offset)
                        .attr32be(4, length));
    }

    private void write(int offset, int length, int checksum) {
        expression(
                "payload",
                () -> messages.attr32be(5, REGISTER)
                        .attr32be(2, TRANSPORT)
                        .attr32be(3, offset)
                        .attr32be(4, length)
                        .attr32be(6, 1) // NFT_PAYLOAD_CSUM_INET
                        .attr32be(7, checksum));
    }

    private void equal(byte[] octets) {
        expression("cmp", () -> {
            messages.attr32be(1, REGISTER).attr32be(2, 0);
            int data = messages.nest(3);
            messages.attr(1, octets).unnest(data);
        });
    }

    private void immediate(byte[] octets) {
        expression("immediate", () -> {
            messages.attr32be(1, REGISTER);
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
        if (found.size() != RULES.size()) {
            return false;
        }
        boolean same = true;
        for (int i = 0; i < RULES.size(); i++) {
            messages.clear().begin(NEWRULE, 0);
            rule(RULES.get(i), address, port);
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
