package io.cnm4j.linux.snapshot;

import static io.cnm4j.linux.snapshot.NetlinkDump.HEADER;
import static io.cnm4j.linux.snapshot.NetlinkDump.attributes;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.sysctl.Sysctls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the calling thread's namespace holds, a line for each thing; what the kernel adds to a link by itself is left out. */
public final class NamespaceState {
    private static final int RTM_GETLINK = 18;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_GETROUTE = 26;
    private static final int RTM_GETNEIGH = 30;
    private static final int AF_BRIDGE = 7;
    private static final int NUD_PERMANENT = 0x80;
    private static final int NTF_SELF = 2;
    private static final int RTN_UNICAST = 1;
    private static final int RTM_F_CLONED = 0x200;
    private static final int RTPROT_KERNEL = 2;
    private static final int IFA_PROTO = 11;
    private static final int MULTICAST_BIT = 1;
    private static final List<String> SYSCTLS = List.of("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding");

    private final Map<Integer, String> linkNames = new HashMap<>();
    private final Consumer<String> facts;

    private NamespaceState(Consumer<String> facts) {
        this.facts = facts;
    }

    /**
     * Reports each thing in the namespace of the calling thread.
     *
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses to tell
     */
    public static void read(Consumer<String> facts) {
        var state = new NamespaceState(facts);
        try (var route = NetlinkDump.open(NetlinkDump.ROUTE, 0)) {
            var links = new ArrayList<ByteBuffer>();
            dump(route, RTM_GETLINK, new byte[16], links::add);
            links.forEach(link -> state.linkNames.put(
                    link.getInt(HEADER + 4), text(attributes(link, HEADER + 16).get(3))));
            links.forEach(state::link);
            dump(route, RTM_GETADDR, new byte[8], state::address);
            dump(route, RTM_GETROUTE, new byte[12], state::route);
            dump(route, RTM_GETNEIGH, new byte[12], state::neighbour);
            byte[] bridge = new byte[16]; // ifinfomsg: forwarding databases are asked for by family
            bridge[0] = AF_BRIDGE;
            dump(route, RTM_GETNEIGH, bridge, state::forwarding);
        }
        for (String key : SYSCTLS) {
            Sysctls.read(key).ifPresent(value -> facts.accept("sysctl " + key + "=" + value));
        }
        SecurityState.read(facts);
        FirewallState.read(facts);
    }

    private static void dump(NetlinkDump socket, int type, byte[] body, Consumer<ByteBuffer> reader) {
        int errno = socket.each(type, body, reader);
        if (errno != 0 && errno != Errno.EOPNOTSUPP) {
            throw Errno.failed("netlink dump, type " + type, errno);
        }
    }

    private void link(ByteBuffer message) {
        Map<Integer, ByteBuffer> is = attributes(message, HEADER + 16);
        ByteBuffer info = is.get(18);
        String kind = info == null ? "" : text(attributes(info, 0).get(1));
        facts.accept("link " + text(is.get(3)) + " kind " + kind + " mtu " + number(is.get(4)) + " master "
                + linkNames.getOrDefault(number(is.get(10)), "none") + " alias '" + text(is.get(20)) + "' "
                + ((message.getInt(HEADER + 8) & 1) == 1 ? "up" : "down"));
    }

    private void address(ByteBuffer message) {
        Map<Integer, ByteBuffer> is = attributes(message, HEADER + 8);
        if (is.containsKey(IFA_PROTO)) { // made by the kernel: link-local, loopback, from a router's advertisement
            return;
        }
        ByteBuffer address = is.containsKey(2) ? is.get(2) : is.get(1);
        facts.accept("address " + ip(address) + "/" + (message.get(HEADER + 1) & 0xff) + " on "
                + name(message.getInt(HEADER + 4)));
    }

    private void route(ByteBuffer message) {
        if (message.get(HEADER + 7) != RTN_UNICAST
                || message.get(HEADER + 5) == RTPROT_KERNEL
                || (message.getInt(HEADER + 8) & RTM_F_CLONED) != 0) {
            return;
        }
        Map<Integer, ByteBuffer> is = attributes(message, HEADER + 12);
        facts.accept("route " + (is.containsKey(1) ? ip(is.get(1)) : "default") + "/" + (message.get(HEADER + 1) & 0xff)
                + (is.containsKey(5) ? " via " + ip(is.get(5)) : "") + " on " + name(number(is.get(4))) + " table "
                + number(is.get(15)));
    }

    private void neighbour(ByteBuffer message) {
        if ((message.getShort(HEADER + 8) & NUD_PERMANENT) != 0) {
            Map<Integer, ByteBuffer> is = attributes(message, HEADER + 12);
            facts.accept(
                    "neighbour " + ip(is.get(1)) + " at " + hex(is.get(2)) + " on " + name(message.getInt(HEADER + 4)));
        }
    }

    private void forwarding(ByteBuffer message) {
        if ((message.getShort(HEADER + 8) & NUD_PERMANENT) != 0) {
            Map<Integer, ByteBuffer> is = attributes(message, HEADER + 12);
            if ((bytes(Objects.requireNonNull(is.get(2)))[0] & MULTICAST_BIT)
                    != 0) { // goes with the link's own addresses
                return;
            }
            facts.accept("forwarding entry " + hex(is.get(2)) + (is.containsKey(1) ? " dst " + ip(is.get(1)) : "")
                    + " on " + name(message.getInt(HEADER + 4))
                    + ((message.get(HEADER + 10) & NTF_SELF) != 0 ? " self" : ""));
        }
    }

    private String name(int index) {
        return Objects.requireNonNullElse(linkNames.get(index), "link " + index);
    }

    static String text(@Nullable ByteBuffer octets) {
        return octets == null
                ? ""
                : StandardCharsets.UTF_8.decode(octets.duplicate()).toString().replace("\0", "");
    }

    static int number(@Nullable ByteBuffer octets) {
        return octets == null ? 0 : octets.getInt(0);
    }

    private static String ip(@Nullable ByteBuffer octets) {
        return octets == null ? "none" : IpAddress.of(bytes(octets)).toString();
    }

    static String hex(@Nullable ByteBuffer octets) {
        return octets == null ? "none" : HexFormat.ofDelimiter(":").formatHex(bytes(octets));
    }

    private static byte[] bytes(ByteBuffer octets) {
        byte[] copy = new byte[octets.remaining()];
        octets.duplicate().get(copy);
        return copy;
    }
}
