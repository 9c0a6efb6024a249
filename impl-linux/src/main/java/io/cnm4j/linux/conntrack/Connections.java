package io.cnm4j.linux.conntrack;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The tracked connections of the namespace in which a socket was opened. Used by the socket's thread. */
public final class Connections {
    private static final int SUBSYSTEM = 1 << 8; // NFNL_SUBSYS_CTNETLINK
    private static final int GET = 1;
    private static final int DELETE = 2;
    private static final int GET_STATS = 5;
    private static final int NFGENMSG = 4;
    private static final int ENTRIES = 1; // CTA_STATS_GLOBAL_ENTRIES
    private static final int FILTER = 25;
    private static final int ORIGINAL_FLAGS = 1;
    private static final int REPLY_FLAGS = 2;
    private static final int BY_SOURCE = 1; // CTA_FILTER_F_CTA_IP_SRC
    private static final int BY_PROTOCOL = 8; // CTA_FILTER_F_CTA_PROTO_NUM
    private static final int AT_ONCE = 200; // deletions in one send

    private final NetlinkSocket netfilter;
    private final MessageBuilder messages;

    /**
     * @param netfilter of NETLINK_NETFILTER
     * @param messages cleared for each question
     */
    public Connections(NetlinkSocket netfilter, MessageBuilder messages) {
        this.netfilter = netfilter;
        this.messages = messages;
    }

    private MessageBuilder begin(int type, int flags, Family family) {
        return messages.begin(SUBSYSTEM | type, flags)
                .u8(family == Family.IPV4 ? 2 : 10)
                .u8(0)
                .u16(0);
    }

    private static AttributeCursor attributes(ByteBuffer payload) {
        return new AttributeCursor(payload.slice(NFGENMSG, payload.limit() - NFGENMSG));
    }

    /** Tells whether there are none at all: a question that costs the same however many there are. */
    public boolean isEmpty() {
        messages.clear();
        begin(GET_STATS, MessageBuilder.ACK, Family.IPV4);
        Reply reply = netfilter.send(messages).get(0);
        if (!reply.ok() || reply.data().isEmpty()) {
            return false;
        }
        AttributeCursor at = attributes(reply.data().get(0));
        while (at.next()) {
            if (at.type() == ENTRIES) {
                return at.u32() == 0;
            }
        }
        return false;
    }

    /** Returns the connections that this address answers. The kernel looks through all there are. */
    public List<Connection> answeredBy(IpAddress address) {
        Family family = address.family();
        messages.clear();
        begin(GET, MessageBuilder.DUMP, family);
        int tuple = messages.nest(Connection.TUPLE_REPLY);
        int ip = messages.nest(Connection.TUPLE_IP);
        messages.attr(family == Family.IPV4 ? Connection.IPV4_SOURCE : Connection.IPV6_SOURCE, address.octets())
                .unnest(ip)
                .unnest(tuple);
        filter(0, BY_SOURCE);
        return dump().stream()
                .filter(connection -> connection.answerer().equals(address)) // kernels before 5.8 do not filter
                .toList();
    }

    /** Returns the connections of a family and protocol. The kernel looks through all there are. */
    public List<Connection> of(Family family, int protocol) {
        messages.clear();
        begin(GET, MessageBuilder.DUMP, family);
        int tuple = messages.nest(Connection.TUPLE_ORIGINAL);
        int part = messages.nest(Connection.TUPLE_PROTOCOL);
        messages.attr8(Connection.PROTOCOL_NUMBER, protocol).unnest(part).unnest(tuple);
        filter(BY_PROTOCOL, 0);
        return dump().stream()
                .filter(connection -> connection.protocol() == protocol)
                .toList();
    }

    private void filter(int original, int reply) {
        int filter = messages.nest(FILTER);
        messages.attr32(ORIGINAL_FLAGS, original).attr32(REPLY_FLAGS, reply).unnest(filter);
    }

    private List<Connection> dump() {
        var found = new ArrayList<Connection>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            Connection.read(attributes(payload)).ifPresent(found::add);
        }
        return found;
    }

    /** Deletes these connections; one that is gone already is fine. */
    public List<Reply> delete(List<Connection> connections) {
        var replies = new ArrayList<Reply>();
        for (int at = 0; at < connections.size(); at += AT_ONCE) {
            messages.clear();
            for (Connection one : connections.subList(at, Math.min(connections.size(), at + AT_ONCE))) {
                begin(DELETE, MessageBuilder.ACK, one.destination().family());
                int tuple = messages.nest(Connection.TUPLE_ORIGINAL);
                copy(new AttributeCursor(one.original()));
                messages.unnest(tuple);
                if (one.id().hasArray() && one.id().remaining() > 0) {
                    messages.attr(Connection.ID, one.id().array());
                }
            }
            replies.addAll(netfilter.send(messages));
        }
        return replies;
    }

    /** Writes attributes as they came. */
    private void copy(AttributeCursor from) {
        while (from.next()) {
            if (from.isNest()) {
                int nest = messages.nest(from.type());
                copy(from.nested());
                messages.unnest(nest);
            } else {
                messages.attr(from.type(), from.octets());
            }
        }
    }
}
