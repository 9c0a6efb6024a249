package io.cnm4j.linux.nftables;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.Family;
import io.cnm4j.linux.HostText;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Sockets;
import io.cnm4j.linux.nftables.RuleReader.Reading;
import io.cnm4j.linux.nftables.RuleReader.Verdict;
import io.cnm4j.spi.host.PacketWay;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * The table "filter" of iptables-legacy, which nftables does not show: IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES of
 * include/uapi/linux/netfilter_ipv4/ip_tables.h and netfilter_ipv6/ip6_tables.h. One snapshot.
 */
final class LegacyFilter {
    private static final int GET_INFO = 64;
    private static final int GET_ENTRIES = 65;
    private static final int NAME = 32;
    private static final int HOOKS = 5; // NF_INET_NUMHOOKS
    private static final int ENTRY_OFFSETS = NAME + Integer.BYTES;
    private static final int UNDERFLOWS = ENTRY_OFFSETS + HOOKS * Integer.BYTES;
    private static final int SIZE = UNDERFLOWS + (HOOKS + 1) * Integer.BYTES;
    private static final int INFO = SIZE + Integer.BYTES; // octets of struct ipt_getinfo
    private static final int ENTRIES = 40; // where they begin in struct ipt_get_entries
    private static final int NAMES = 4096; // octets of the list of tables, far more than there are
    private static final int TRIES = 8;

    private final LegacyRule.Form form;
    private final ByteBuffer info;
    private final ByteBuffer entries;

    private LegacyFilter(LegacyRule.Form form, ByteBuffer info, ByteBuffer entries) {
        this.form = form;
        this.info = info;
        this.entries = entries;
    }

    /** Reads that of the calling thread's network namespace; absent if there is none, and then none is made by asking. */
    static Optional<LegacyFilter> read(Family family) {
        if (!isThere(family)) {
            return Optional.empty();
        }
        LegacyRule.Form form = family == Family.IPV4 ? LegacyRule.IPV4 : LegacyRule.IPV6;
        int domain = family == Family.IPV4 ? Sockets.AF_INET : Sockets.AF_INET6;
        int fd = CALLS.socket(domain, Sockets.SOCK_DGRAM | Sockets.NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.failed("socket(" + family + ")", LibC.errno());
        }
        try {
            for (int i = 0; i < TRIES; i++) {
                ByteBuffer info = ask(fd, form, GET_INFO, INFO, 0).orElseThrow();
                int size = info.getInt(SIZE);
                Optional<ByteBuffer> entries = ask(fd, form, GET_ENTRIES, ENTRIES + size, size);
                if (entries.isPresent()) {
                    return Optional.of(new LegacyFilter(
                            form,
                            info,
                            entries.orElseThrow().slice(ENTRIES, size).order(ByteOrder.nativeOrder())));
                }
            }
            throw Errno.failed(
                    "getsockopt(IPT_SO_GET_ENTRIES): changed meanwhile, each of " + TRIES + " times", Errno.EAGAIN);
        } finally {
            CALLS.close(fd);
        }
    }

    /** Tells whether there is one; a kernel without iptables-legacy has no list of its tables. */
    private static boolean isThere(Family family) {
        Path names = Path.of("/proc/thread-self/net", family == Family.IPV4 ? "ip_tables_names" : "ip6_tables_names");
        return HostText.of(names, NAMES).lines().anyMatch("filter"::equals);
    }

    /** Returns what the kernel answers; absent if the table is of another size by now. */
    private static Optional<ByteBuffer> ask(int fd, LegacyRule.Form form, int option, int length, int size) {
        Pointer memory = Memory.allocateDirect(LibC.runtime(), length + Integer.BYTES, true);
        memory.put(Integer.BYTES, "filter".getBytes(StandardCharsets.US_ASCII), 0, 6);
        memory.putInt(0, length);
        memory.putInt(Integer.BYTES + NAME, size);
        if (CALLS.getsockopt(fd, form.level(), option, memory.address() + Integer.BYTES, memory.address()) != 0) {
            int errno = LibC.errno();
            if (errno == Errno.EAGAIN) {
                return Optional.empty();
            }
            throw Errno.failed("getsockopt(filter, " + option + ")", errno);
        }
        byte[] octets = new byte[length];
        memory.get(Integer.BYTES, octets, 0, length);
        return Optional.of(ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder()));
    }

    /** Returns where the chain of a hook begins, as a rule names it that leads there. */
    String chain(int hook) {
        return String.valueOf(info.getInt(ENTRY_OFFSETS + hook * Integer.BYTES));
    }

    /** Tells whether the policy of a hook's chain is to drop. */
    boolean drops(int hook) {
        int at = info.getInt(UNDERFLOWS + hook * Integer.BYTES);
        return new LegacyRule(form, entries, at).reading(PacketWay.toHost()).verdict() == Verdict.DROP;
    }

    /** Returns the rules of a chain as they are for packets of this way, its policy last. */
    List<Reading> rules(String chain, PacketWay way) {
        var rules = new ArrayList<Reading>();
        int at = Integer.parseInt(chain);
        boolean last = false;
        while (!last && at < entries.limit()) {
            var rule = new LegacyRule(form, entries, at);
            if (rule.beginsChain()) {
                break;
            }
            rules.add(rule.reading(way));
            last = isPolicy(at);
            at = rule.next();
        }
        return rules;
    }

    private boolean isPolicy(int at) {
        for (int hook = 0; hook < HOOKS; hook++) {
            if (info.getInt(UNDERFLOWS + hook * Integer.BYTES) == at) {
                return true;
            }
        }
        return false;
    }
}
