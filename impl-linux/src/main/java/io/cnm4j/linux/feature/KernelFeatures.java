package io.cnm4j.linux.feature;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.nftables.NftBatch;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.linux.vxlan.Tap;
import io.cnm4j.linux.xfrm.SealedPorts;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.IpvlanFlag;
import io.cnm4j.spi.plan.IpvlanMode;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.MacvlanMode;
import io.cnm4j.spi.plan.NamespaceRef;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What this kernel can do; each feature is tried once, when it is first asked for. Thread-safe. */
public final class KernelFeatures {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String MARK = "cnm4j 000000000000 probe";

    private final NamespaceWorkers workers;
    private final Map<KernelFeature, String> missing = new ConcurrentHashMap<>(); // reason; empty if it is there

    /** @param workers threads that try it, in namespaces of their own */
    public KernelFeatures(NamespaceWorkers workers) {
        this.workers = workers;
    }

    /**
     * Goes on only if the kernel has a feature.
     *
     * @throws UnsupportedException if not
     */
    public void require(KernelFeature feature) {
        String reason = missing.get(feature);
        if (reason == null) {
            reason = workers.call(Deadline.after(LIMIT), () -> NamespaceWorkers.insideNew(() -> probe(feature)));
            missing.put(feature, reason);
        }
        if (!reason.isEmpty()) {
            throw new UnsupportedException("this kernel (" + System.getProperty("os.version") + ") has no "
                    + feature.label() + ": " + reason + "; Linux " + feature.since() + " and later have it where "
                    + feature.option() + " is set");
        }
    }

    private static String probe(KernelFeature feature) {
        return switch (feature) {
            case IPV6 ->
                Sysctls.read("net.ipv6.conf.all.forwarding").isPresent() ? "" : "there is no net.ipv6.conf.all";
            case NFTABLES_INET -> table();
            case BRIDGE -> links(false, false);
            case VETH -> links(true, false);
            case BRIDGE_PORT_ISOLATION -> links(true, true);
            case DUMMY ->
                made(messages -> LinkMessages.make(messages, new LinkSpec.Dummy("d0", 0, Optional.empty(), MARK)));
            case TAP -> tap();
            case ESP -> sealed("0.0.0.0", "192.0.2.1");
            case ESP6 -> sealed("::", "2001:db8::1");
            case VLAN -> child(new LinkSpec.Vlan("v0", "veth0", 7, false, MARK));
            case MACVLAN -> child(new LinkSpec.Macvlan("m0", "veth0", MacvlanMode.BRIDGE, 0, Optional.empty(), MARK));
            case IPVLAN -> child(new LinkSpec.Ipvlan("i0", "veth0", IpvlanMode.L2, IpvlanFlag.BRIDGE, 0, MARK));
            case IPVLAN_L3S -> child(new LinkSpec.Ipvlan("i0", "veth0", IpvlanMode.L3S, IpvlanFlag.BRIDGE, 0, MARK));
        };
    }

    private static String tap() {
        try {
            LibC.CALLS.close(Tap.birth("tap0"));
            return "";
        } catch (KernelException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static String sealed(String local, String peer) {
        try {
            SealedPorts.tryOut(IpAddress.parse(local), IpAddress.parse(peer));
            return "";
        } catch (KernelException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static String made(Consumer<MessageBuilder> message) {
        var messages = new MessageBuilder();
        message.accept(messages);
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            return refused(socket, messages);
        }
    }

    /** Tries a child of a pair. */
    private static String child(LinkSpec.Child child) {
        var messages = new MessageBuilder();
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            String refused = pair(socket, messages, 0);
            if (refused.isEmpty()) {
                raise(socket, messages, "veth1"); // an 802.1Q link comes up only with its parent
                int parent = index(socket, messages, "veth0");
                LinkMessages.make(messages.clear(), child, parent, -1);
                refused = refused(socket, messages);
            }
            return refused;
        }
    }

    private static void raise(NetlinkSocket socket, MessageBuilder messages, String link) {
        int index = index(socket, messages, link);
        LinkMessages.up(messages.clear(), index);
        socket.send(messages);
    }

    private static String pair(NetlinkSocket socket, MessageBuilder messages, int master) {
        var peer = new LinkSpec.Peer(NamespaceRef.HOST, "veth1", Optional.empty());
        LinkMessages.make(messages.clear(), new LinkSpec.Veth("veth0", 0, Optional.empty(), MARK, peer), master, -1);
        return refused(socket, messages);
    }

    private static String table() {
        try (var socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            Optional<Reply> refused =
                    new NftBatch().add(HostFirewall.table("cnm4j-probe")).commit(socket);
            return refused.map(KernelFeatures::reason).orElse("");
        }
    }

    private static String links(boolean veth, boolean port) {
        var messages = new MessageBuilder();
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            int master = 0;
            if (port || !veth) {
                LinkMessages.make(messages, new LinkSpec.Bridge("br0", 0, Optional.empty(), MARK));
                LinkMessages.get(messages, "br0");
                String refused = refused(socket, messages);
                if (!refused.isEmpty() || !veth) {
                    return refused;
                }
                master = index(socket, messages, "br0");
            }
            String refused = pair(socket, messages, master);
            if (refused.isEmpty() && port) {
                int index = index(socket, messages, "veth0");
                LinkMessages.port(messages.clear(), index, new LinkSpec.BridgePort("br0", false, true));
                return refused(socket, messages);
            }
            return refused;
        }
    }

    private static int index(NetlinkSocket socket, MessageBuilder messages, String name) {
        LinkMessages.get(messages.clear(), name);
        return LinkState.read(socket.send(messages).get(0).data().get(0)).index();
    }

    private static String refused(NetlinkSocket socket, MessageBuilder messages) {
        return socket.send(messages).stream()
                .filter(reply -> !reply.ok())
                .findFirst()
                .map(KernelFeatures::reason)
                .orElse("");
    }

    private static String reason(Reply reply) {
        return io.cnm4j.linux.libc.Errno.name(reply.errno())
                + (reply.says().isEmpty() ? "" : " (" + reply.says() + ")");
    }
}
