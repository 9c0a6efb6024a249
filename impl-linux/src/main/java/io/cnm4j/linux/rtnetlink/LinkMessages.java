package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.ProtocolException;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.LinkSpec;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Messages about links. */
public final class LinkMessages {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int AF_BRIDGE = 7;
    private static final int IFINFOMSG = 16;
    private static final int IFF_UP = 1;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_PROTINFO = 12;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFLA_BRPORT_STATE = 1;
    private static final int IFLA_BRPORT_MODE = 4;
    private static final int IFLA_BRPORT_ISOLATED = 33;

    private LinkMessages() {}

    private static MessageBuilder info(MessageBuilder message, int family, int index, int flags) {
        return message.u8(family).u8(0).u16(0).u32(index).u32(flags).u32(flags);
    }

    /** Appends: make this bridge, up. */
    public static void make(MessageBuilder messages, LinkSpec.Bridge bridge) {
        messages.begin(RTM_NEWLINK, MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.EXCL);
        common(info(messages, 0, 0, IFF_UP), bridge.name(), bridge.mtu(), bridge.mac());
        int linkInfo = messages.nest(IFLA_LINKINFO);
        messages.attr(IFLA_INFO_KIND, bridge.kind()).unnest(linkInfo);
    }

    /**
     * Appends: make this pair, this end up, the peer where it belongs. The peer cannot be born up: when the kernel opens it, the
     * two do not know each other yet (ENOTCONN, veth_newlink in drivers/net/veth.c); {@link #up} raises it.
     *
     * @param master index of the bridge it is put in, 0 for none
     * @param peerNamespace descriptor of the peer's namespace
     */
    public static void make(MessageBuilder messages, LinkSpec.Veth veth, int master, int peerNamespace) {
        messages.begin(RTM_NEWLINK, MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.EXCL);
        common(info(messages, 0, 0, IFF_UP), veth.name(), veth.mtu(), veth.mac());
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
        messages.attr32(IFLA_NET_NS_FD, peerNamespace);
        messages.unnest(peer).unnest(data).unnest(linkInfo);
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

    /** Appends: describe the link of this name. */
    public static void get(MessageBuilder messages, String name) {
        info(messages.begin(RTM_GETLINK, MessageBuilder.ACK), 0, 0, 0).attr(IFLA_IFNAME, name);
    }

    /** Reads what the kernel says of a link. */
    public static LinkFacts read(ByteBuffer payload) {
        if (payload.remaining() < IFINFOMSG) {
            throw new ProtocolException(
                    "link message of " + payload.remaining() + " octets is shorter than struct ifinfomsg");
        }
        String name = "";
        String kind = "";
        String alias = "";
        int mtu = 0;
        Optional<MacAddress> mac = Optional.empty();
        var at = new AttributeCursor(payload.slice(IFINFOMSG, payload.limit() - IFINFOMSG));
        while (at.next()) {
            switch (at.type()) {
                case IFLA_IFNAME -> name = at.text();
                case IFLA_MTU -> mtu = at.u32();
                case IFLA_IFALIAS -> alias = at.text();
                case IFLA_ADDRESS ->
                    mac = at.octets().length == 6 ? Optional.of(MacAddress.of(at.octets())) : Optional.empty();
                case IFLA_LINKINFO -> kind = kind(at.nested());
                default -> {} // newer kernels add attributes
            }
        }
        at.finish();
        return new LinkFacts(name, payload.getInt(4), kind, mtu, mac, alias, (payload.getInt(8) & IFF_UP) != 0);
    }

    private static String kind(AttributeCursor info) {
        String kind = "";
        while (info.next()) {
            if (info.type() == IFLA_INFO_KIND) {
                kind = info.text();
            }
        }
        info.finish();
        return kind;
    }
}
