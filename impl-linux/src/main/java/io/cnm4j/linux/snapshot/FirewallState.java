package io.cnm4j.linux.snapshot;

import static io.cnm4j.linux.snapshot.NamespaceState.hex;
import static io.cnm4j.linux.snapshot.NamespaceState.text;
import static io.cnm4j.linux.snapshot.NetlinkDump.HEADER;
import static io.cnm4j.linux.snapshot.NetlinkDump.attributes;

import io.cnm4j.linux.libc.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What nftables holds in the calling thread's namespace. */
final class FirewallState {
    private static final int NFTABLES = 10 << 8;
    private static final int GET_TABLE = NFTABLES | 1;
    private static final int GET_CHAIN = NFTABLES | 4;
    private static final int GET_RULE = NFTABLES | 7;
    private static final int GET_SET = NFTABLES | 10;
    private static final int GET_ELEMENT = NFTABLES | 13;
    private static final int BODY = HEADER + 4; // after struct nfgenmsg

    /** A set that is to be asked for its elements. */
    private record SetName(byte family, String table, String name) {}

    private FirewallState() {}

    /** Reports tables, chains, how many rules a chain has, sets and elements; nothing if the kernel has no nftables. */
    static void read(Consumer<String> facts) {
        try (var socket = NetlinkDump.open(NetlinkDump.NETFILTER, 0)) {
            int errno = socket.each(GET_TABLE, new byte[4], table -> facts.accept("nft table " + named(table, 1)));
            if (errno == Errno.EINVAL || errno == Errno.EOPNOTSUPP) {
                return; // no nftables here, so nothing can be in it
            }
            check(errno, GET_TABLE);
            dump(
                    socket,
                    GET_CHAIN,
                    new byte[4],
                    chain -> facts.accept("nft chain " + named(chain, 1) + " " + named(chain, 3)));
            var rules = new TreeMap<String, Integer>();
            dump(
                    socket,
                    GET_RULE,
                    new byte[4],
                    rule -> rules.merge(named(rule, 1) + " " + named(rule, 2), 1, Integer::sum));
            rules.forEach((chain, count) -> facts.accept("nft rules in " + chain + ": " + count));
            var sets = new ArrayList<SetName>();
            dump(
                    socket,
                    GET_SET,
                    new byte[4],
                    set -> sets.add(new SetName(set.get(HEADER), named(set, 1), named(set, 2))));
            for (SetName set : sets) {
                facts.accept("nft set " + set.table() + " " + set.name());
                elements(socket, set, facts);
            }
        }
    }

    private static void elements(NetlinkDump socket, SetName set, Consumer<String> facts) {
        byte[] table = attribute(1, set.table());
        byte[] name = attribute(2, set.name());
        byte[] body = ByteBuffer.allocate(4 + table.length + name.length)
                .put(set.family())
                .put(new byte[3])
                .put(table)
                .put(name)
                .array();
        dump(socket, GET_ELEMENT, body, message -> {
            ByteBuffer list = attributes(message, BODY).get(3);
            for (Map<Integer, ByteBuffer> element : nested(list)) {
                facts.accept("nft element " + set.table() + " " + set.name() + " " + hex(element.get(1)));
            }
        });
    }

    /** Returns the attributes of each element of a list, in which all have one type. */
    private static List<Map<Integer, ByteBuffer>> nested(@Nullable ByteBuffer list) {
        var elements = new ArrayList<Map<Integer, ByteBuffer>>();
        int at = 0;
        while (list != null && at + 4 <= list.limit()) {
            int length = Short.toUnsignedInt(list.getShort(at));
            elements.add(attributes(list.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()), 0));
            at += length + 3 & ~3;
        }
        return elements;
    }

    private static byte[] attribute(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        int length = 4 + text.length + 1;
        return ByteBuffer.allocate(length + 3 & ~3)
                .order(ByteOrder.nativeOrder())
                .putShort((short) length)
                .putShort((short) type)
                .put(text)
                .array();
    }

    private static String named(ByteBuffer message, int attribute) {
        return text(attributes(message, BODY).get(attribute));
    }

    private static void dump(NetlinkDump socket, int type, byte[] body, Consumer<ByteBuffer> reader) {
        check(socket.each(type, body, reader), type);
    }

    private static void check(int errno, int type) {
        if (errno != 0 && errno != Errno.ENOENT) { // ENOENT: what was asked for went meanwhile
            throw Errno.failed("nftables dump, type " + (type & 0xff), errno);
        }
    }
}
