package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import java.util.Optional;

/** Messages about links. */
public final class LinkMessages {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int AF_BRIDGE = 7;
    private static final int IFF_UP = 1;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_PROTINFO = 12;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_GROUP = 27;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_EXT_MASK = 29;
    private static final int RTEXT_FILTER_SKIP_STATS = 8;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFLA_VXLAN_ID = 1;
    private static final int IFLA_VXLAN_LOCAL = 4;
    private static final int IFLA_VXLAN_LEARNING = 7;
    private static final int IFLA_VXLAN_PROXY = 11;
    private static final int IFLA_VXLAN_PORT = 15; // big-endian
    private static final int IFLA_VXLAN_LOCAL6 = 17;
    private static final int IFLA_VXLAN_UDP_ZERO_CSUM6_TX = 19;
    private static final int IFLA_VXLAN_UDP_ZERO_CSUM6_RX = 20;
    private static final int IFLA_VLAN_ID = 1;
    private static final int IFLA_MACVLAN_MODE = 1;
    private static final int IFLA_IPVLAN_MODE = 1;
    private static final int IFLA_IPVLAN_FLAGS = 2;
    private static final int IFLA_BRPORT_STATE = 1;
    private static final int IFLA_BRPORT_MODE = 4;
    private static final int IFLA_BRPORT_ISOLATED = 33;

    private LinkMessages() {}

    private static MessageBuilder info(MessageBuilder message, int family, int index, int flags) {
        return message.u8(family).u8(0).u16(0).u32(index).u32(flags).u32(flags);
    }

    /** Appends: make this link, which has no more to it than its kind, up. A bridge's MTU is set afterwards, with {@link #mtu}. */
    public static void make(MessageBuilder messages, LinkSpec link) {
        begin(messages, link);
        int linkInfo = messages.nest(IFLA_LINKINFO);
        messages.attr(IFLA_INFO_KIND, link.kind()).unnest(linkInfo);
    }

    private static void begin(MessageBuilder messages, LinkSpec link) {
        messages.begin(RTM_NEWLINK, MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.EXCL);
        common(info(messages, 0, 0, IFF_UP), link.name(), mtuAtBirth(link), link.mac());
        messages.attr32(IFLA_GROUP, Mark.group(link.mark()));
    }

    /** A bridge keeps the MTU that it is given after another; the one of its birth gives way to that of its ports, and to 1,500 without. */
    private static int mtuAtBirth(LinkSpec link) { // br_change_mtu, br_mtu_auto_adjust in net/bridge
        return link instanceof LinkSpec.Bridge && link.mtu() != 0 ? link.mtu() ^ 1 : link.mtu();
    }

    /**
     * Appends: make this child, up. For a socket in the parent's namespace.
     *
     * @param parent index of the parent
     * @param namespace descriptor of the namespace in which the child is born, negative for the one of the socket
     */
    public static void make(MessageBuilder messages, LinkSpec.Child child, int parent, int namespace) {
        begin(messages, child);
        messages.attr32(IFLA_LINK, parent);
        if (namespace >= 0) {
            messages.attr32(IFLA_NET_NS_FD, namespace);
        }
        int linkInfo = messages.nest(IFLA_LINKINFO);
        messages.attr(IFLA_INFO_KIND, child.kind());
        int data = messages.nest(IFLA_INFO_DATA);
        if (child instanceof LinkSpec.Vlan vlan) {
            messages.attr16(IFLA_VLAN_ID, vlan.id());
        } else if (child instanceof LinkSpec.Macvlan macvlan) {
            messages.attr32(IFLA_MACVLAN_MODE, macvlan.mode().value());
        } else if (child instanceof LinkSpec.Ipvlan ipvlan) {
            messages.attr16(IFLA_IPVLAN_MODE, ipvlan.mode().value())
                    .attr16(IFLA_IPVLAN_FLAGS, ipvlan.flag().value());
        }
        messages.unnest(data).unnest(linkInfo);
    }

    /**
     * Appends: make this pair, this end up, the peer where it belongs. The peer cannot be born up: when the kernel opens it, the
     * two do not know each other yet (ENOTCONN, veth_newlink in drivers/net/veth.c); {@link #up} raises it.
     *
     * @param master index of the bridge it is put in, 0 for none
     * @param peerNamespace descriptor of the peer's namespace, negative for the one of the socket
     */
    public static void make(MessageBuilder messages, LinkSpec.Veth veth, int master, int peerNamespace) {
        begin(messages, veth);
        if (master != 0) {
            messages.attr32(IFLA_MASTER, master);
        }
        int linkInfo = messages.nest(IFLA_LINKINFO);
        messages.attr(IFLA_INFO_KIND, veth.kind());
        int data = messages.nest(IFLA_INFO_DATA);
        int peer = messages.nest(VETH_INFO_PEER);
        common(
                info(messages, 0, 0, 0),
                veth.peer().name(),
                veth.mtu(),
                veth.peer().mac());
        if (peerNamespace >= 0) {
            messages.attr32(IFLA_NET_NS_FD, peerNamespace);
        }
        messages.unnest(peer).unnest(data).unnest(linkInfo);
    }

    /**
     * Appends: make this end of a tunnel, up, in another namespace than that of its datagrams, which is the socket's.
     *
     * @param master index of the bridge it is put in
     * @param namespace descriptor of the namespace it is born in
     */
    public static void make(MessageBuilder messages, LinkSpec.Vxlan vxlan, int master, int namespace) {
        messages.begin(RTM_NEWLINK, MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.EXCL);
        common(info(messages, 0, 0, IFF_UP), vxlan.name(), vxlan.mtu(), vxlan.mac());
        messages.attr32(IFLA_GROUP, Mark.group(vxlan.mark()));
        messages.attr32(IFLA_MASTER, master).attr32(IFLA_NET_NS_FD, namespace);
        int linkInfo = messages.nest(IFLA_LINKINFO);
        messages.attr(IFLA_INFO_KIND, vxlan.kind());
        int data = messages.nest(IFLA_INFO_DATA);
        boolean ipv4 = vxlan.local().family() == Family.IPV4;
        messages.attr32(IFLA_VXLAN_ID, vxlan.vni())
                .attr(ipv4 ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6, vxlan.local().octets())
                .attr8(IFLA_VXLAN_LEARNING, 0)
                .attr8(IFLA_VXLAN_PROXY, 1)
                .attr16(IFLA_VXLAN_PORT, Short.toUnsignedInt(Short.reverseBytes((short) vxlan.port())));
        if (vxlan.sealed()) {
            messages.attr8(IFLA_VXLAN_UDP_ZERO_CSUM6_TX, 1).attr8(IFLA_VXLAN_UDP_ZERO_CSUM6_RX, 1);
        }
        messages.unnest(data).unnest(linkInfo);
    }

    private static void common(MessageBuilder message, String name, int mtu, Optional<MacAddress> mac) {
        message.attr(IFLA_IFNAME, name);
        if (mtu != 0) {
            message.attr32(IFLA_MTU, mtu);
        }
        mac.ifPresent(address -> message.attr(IFLA_ADDRESS, address.octets()));
    }

    /** Appends: this link is up. */
    public static void up(MessageBuilder messages, int index) {
        info(messages.begin(RTM_NEWLINK, MessageBuilder.ACK), 0, index, IFF_UP);
    }

    /**
     * Appends: this link goes to another namespace, where it has this name and alias. The kernel takes it down on the way; one message
     * does it all, do_setlink in net/core/rtnetlink.c.
     *
     * @param namespace descriptor of the namespace
     * @param mac the hardware address it gets; absent keeps its own
     * @param up whether it is raised there
     */
    public static void move(
            MessageBuilder messages,
            int index,
            int namespace,
            String name,
            String alias,
            Optional<MacAddress> mac,
            boolean up) {
        info(messages.begin(RTM_NEWLINK, MessageBuilder.ACK), 0, index, up ? IFF_UP : 0)
                .attr32(IFLA_NET_NS_FD, namespace)
                .attr(IFLA_IFNAME, name)
                .attr(IFLA_IFALIAS, alias);
        mac.ifPresent(address -> messages.attr(IFLA_ADDRESS, address.octets()));
    }

    /** Appends: this link has this MTU, in octets. */
    public static void mtu(MessageBuilder messages, int index, int mtu) {
        info(messages.begin(RTM_NEWLINK, MessageBuilder.ACK), 0, index, 0).attr32(IFLA_MTU, mtu);
    }

    /** Appends: this link has this hardware address. */
    public static void mac(MessageBuilder messages, int index, MacAddress mac) {
        info(messages.begin(RTM_NEWLINK, MessageBuilder.ACK), 0, index, 0).attr(IFLA_ADDRESS, mac.octets());
    }

    /** Appends: this link is a port of the bridge with this index. */
    public static void master(MessageBuilder messages, int index, int master) {
        info(messages.begin(RTM_NEWLINK, MessageBuilder.ACK), 0, index, 0).attr32(IFLA_MASTER, master);
    }

    /** Appends: this link is in the group of this mark. */
    public static void group(MessageBuilder messages, int index, String mark) {
        info(messages.begin(RTM_NEWLINK, MessageBuilder.ACK), 0, index, 0).attr32(IFLA_GROUP, Mark.group(mark));
    }

    /** Appends: this link carries this alias. */
    public static void alias(MessageBuilder messages, int index, String alias) {
        info(messages.begin(RTM_NEWLINK, MessageBuilder.ACK), 0, index, 0).attr(IFLA_IFALIAS, alias);
    }

    /** Appends: this bridge port has these flags. */
    public static void port(MessageBuilder messages, int index, LinkSpec.BridgePort port) {
        int nest = portInfo(messages, index);
        messages.attr8(IFLA_BRPORT_MODE, port.hairpin() ? 1 : 0)
                .attr8(IFLA_BRPORT_ISOLATED, port.isolated() ? 1 : 0)
                .unnest(nest);
    }

    /** Appends: this bridge port passes nothing any more. Costs no grace period, unlike deleting it. */
    public static void cutOff(MessageBuilder messages, int index) {
        int nest = portInfo(messages, index);
        messages.attr8(IFLA_BRPORT_STATE, 0).unnest(nest);
    }

    private static int portInfo(MessageBuilder messages, int index) {
        return info(messages.begin(19, MessageBuilder.ACK), AF_BRIDGE, index, 0).nest(IFLA_PROTINFO); // RTM_SETLINK
    }

    /** Appends: delete this link. */
    public static void delete(MessageBuilder messages, int index) {
        info(messages.begin(RTM_DELLINK, MessageBuilder.ACK), 0, index, 0);
    }

    /** Appends: describe the link of this name, without its counters. */
    public static void get(MessageBuilder messages, String name) {
        info(messages.begin(RTM_GETLINK, MessageBuilder.ACK), 0, 0, 0)
                .attr(IFLA_IFNAME, name)
                .attr32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    /** Appends: describe the link of this index. */
    public static void get(MessageBuilder messages, int index) {
        info(messages.begin(RTM_GETLINK, MessageBuilder.ACK), 0, index, 0)
                .attr32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    /** Appends: describe all links, without their counters. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    public static void list(MessageBuilder messages) {
        info(messages.begin(RTM_GETLINK, MessageBuilder.DUMP), 0, 0, 0).attr32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    /** Appends: describe all links with their counters. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    public static void listCounters(MessageBuilder messages) {
        info(messages.begin(RTM_GETLINK, MessageBuilder.DUMP), 0, 0, 0);
    }
}
