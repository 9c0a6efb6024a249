package io.cnm4j.linux.nftables;

import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions about the chains of all tables, whoever has them. Changes nothing. */
public final class ChainQueries {
    private static final int GETCHAIN = 10 << 8 | 4; // NFNL_SUBSYS_NFTABLES
    private static final int NFGENMSG = 4;
    private static final int FORWARD = 2; // NF_INET_FORWARD
    private static final int DROP = 0; // NF_DROP
    private static final Map<Integer, String> FAMILIES = Map.of(1, "inet", 2, "ip", 10, "ip6");

    private ChainQueries() {}

    /** Returns the base chains through which forwarded packets go and whose policy is to drop: family, table, chain. */
    public static List<String> droppingForwarded(NetlinkSocket netfilter) {
        var messages = new MessageBuilder();
        messages.begin(GETCHAIN, MessageBuilder.DUMP).u8(0).u8(0).u16(0); // of all families
        var chains = new ArrayList<String>();
        for (ByteBuffer payload : netfilter.dump(messages)) {
            Optional.ofNullable(FAMILIES.get(payload.get(0) & 0xff))
                    .flatMap(family -> dropping(payload).map(chain -> family + " " + chain))
                    .ifPresent(chains::add);
        }
        return List.copyOf(chains);
    }

    private static Optional<String> dropping(ByteBuffer payload) {
        var at = new AttributeCursor(payload.slice(NFGENMSG, payload.limit() - NFGENMSG));
        String table = "";
        String chain = "";
        int hook = -1;
        int policy = -1;
        while (at.next()) {
            switch (at.type()) {
                case 1 -> table = at.text();
                case 3 -> chain = at.text();
                case 4 -> hook = hook(at.nested());
                case 5 -> policy = number(at);
                default -> {}
            }
        }
        at.finish();
        return hook == FORWARD && policy == DROP ? Optional.of(table + " " + chain) : Optional.empty();
    }

    private static int hook(AttributeCursor at) {
        int hook = -1;
        while (at.next()) {
            if (at.type() == 1) {
                hook = number(at);
            }
        }
        return hook;
    }

    private static int number(AttributeCursor at) {
        return at.octets().length < Integer.BYTES
                ? -1
                : ByteBuffer.wrap(at.octets()).getInt();
    }
}
