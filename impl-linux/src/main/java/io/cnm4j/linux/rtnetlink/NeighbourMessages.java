package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.netlink.MessageBuilder;

/** Messages about neighbours and forwarding entries of bridges, which are neighbours of family AF_BRIDGE. */
public final class NeighbourMessages {
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int RTM_GETNEIGH = 30;
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_BRIDGE = 7;
    private static final int AF_INET6 = 10;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NDA_IFINDEX = 8;
    private static final int NDA_MASTER = 9;
    private static final int NUD_NOARP = 0x40;
    private static final int NUD_PERMANENT = 0x80;
    private static final int NTF_SELF = 2;
    private static final int NTF_MASTER = 4;
    private static final int NTF_PROXY = 8;
    private static final int NTF_STICKY = 0x40;

    private NeighbourMessages() {}

    private static MessageBuilder begin(
            MessageBuilder messages, int type, int flags, int family, int link, int state, int entryFlags) {
        return messages.begin(type, flags)
                .u8(family)
                .u8(0)
                .u16(0)
                .u32(link)
                .u16(state)
                .u8(entryFlags)
                .u8(0);
    }

    private static int family(IpAddress address) {
        return address.family() == Family.IPV6 ? AF_INET6 : AF_INET;
    }

    /** Appends: this address behind this link has this hardware address, for ever. */
    public static void add(MessageBuilder messages, int link, IpAddress address, MacAddress mac) {
        int flags = MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.REPLACE;
        begin(messages, RTM_NEWNEIGH, flags, family(address), link, NUD_PERMANENT, 0)
                .attr(NDA_DST, address.octets())
                .attr(NDA_LLADDR, mac.octets());
    }

    /** Appends: nothing is known of this address behind this link. */
    public static void delete(MessageBuilder messages, int link, IpAddress address) {
        begin(messages, RTM_DELNEIGH, MessageBuilder.ACK, family(address), link, 0, 0)
                .attr(NDA_DST, address.octets());
    }

    /** Appends: answer for this address behind this link. */
    public static void addProxy(MessageBuilder messages, int link, IpAddress address) {
        int flags = MessageBuilder.ACK | MessageBuilder.CREATE;
        begin(messages, RTM_NEWNEIGH, flags, family(address), link, 0, NTF_PROXY)
                .attr(NDA_DST, address.octets());
    }

    /** Appends: do not answer for this address any more. */
    public static void deleteProxy(MessageBuilder messages, int link, IpAddress address) {
        begin(messages, RTM_DELNEIGH, MessageBuilder.ACK, family(address), link, 0, NTF_PROXY)
                .attr(NDA_DST, address.octets());
    }

    /** Appends: describe the addresses for which the host answers. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    public static void listProxies(MessageBuilder messages) {
        begin(messages, RTM_GETNEIGH, MessageBuilder.DUMP, AF_UNSPEC, 0, 0, NTF_PROXY);
    }

    /** Appends: this hardware address is behind this port of a bridge, whatever the bridge learns. */
    public static void add(MessageBuilder messages, int port, MacAddress mac) {
        int flags = MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.REPLACE;
        begin(messages, RTM_NEWNEIGH, flags, AF_BRIDGE, port, NUD_NOARP, NTF_MASTER | NTF_STICKY)
                .attr(NDA_LLADDR, mac.octets());
    }

    /** Appends: this port's bridge forgets this hardware address. */
    public static void delete(MessageBuilder messages, int port, MacAddress mac) {
        begin(messages, RTM_DELNEIGH, MessageBuilder.ACK, AF_BRIDGE, port, 0, NTF_MASTER)
                .attr(NDA_LLADDR, mac.octets());
    }

    /** Appends: this hardware address is at this host, at the other end of this tunnel; the one of zeros may be at many. */
    public static void add(MessageBuilder messages, int tunnel, MacAddress mac, IpAddress host) {
        int how = mac.equals(MacAddress.NONE) ? MessageBuilder.APPEND : MessageBuilder.REPLACE;
        int flags = MessageBuilder.ACK | MessageBuilder.CREATE | how;
        begin(messages, RTM_NEWNEIGH, flags, AF_BRIDGE, tunnel, NUD_PERMANENT, NTF_SELF)
                .attr(NDA_DST, host.octets())
                .attr(NDA_LLADDR, mac.octets());
    }

    /** Appends: this hardware address is not at this host. */
    public static void delete(MessageBuilder messages, int tunnel, MacAddress mac, IpAddress host) {
        begin(messages, RTM_DELNEIGH, MessageBuilder.ACK, AF_BRIDGE, tunnel, 0, NTF_SELF)
                .attr(NDA_DST, host.octets())
                .attr(NDA_LLADDR, mac.octets());
    }

    /** Appends: describe the forwarding entries of all bridges and tunnels. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    public static void listForwarding(MessageBuilder messages) {
        begin(messages, RTM_GETNEIGH, MessageBuilder.DUMP, AF_BRIDGE, 0, 0, 0);
    }

    /** Appends: describe the neighbours behind this link. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    public static void list(MessageBuilder messages, int link) {
        begin(messages, RTM_GETNEIGH, MessageBuilder.DUMP, AF_UNSPEC, 0, 0, 0).attr32(NDA_IFINDEX, link);
    }

    /** Appends: describe the forwarding entries of this bridge. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    public static void listForwarding(MessageBuilder messages, int bridge) {
        begin(messages, RTM_GETNEIGH, MessageBuilder.DUMP, AF_BRIDGE, 0, 0, 0).attr32(NDA_MASTER, bridge);
    }
}
