package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.Optional;

/** Messages about addresses and routes. */
public final class AddressMessages {
    /** RTPROT_BOOT: what ip-route(8) says where nobody says anything. */
    public static final int BY_HAND = 3;

    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_F_NODAD = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_KERNEL = 2;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RT_SCOPE_NOWHERE = 255;
    private static final int RTN_UNICAST = 1;
    private static final int RTNH_F_ONLINK = 4;
    private static final int USUAL_METRIC_V6 = 1024; // IP6_RT_PRIO_USER
    private static final int CONNECTED_METRIC_V6 = 256; // IP6_RT_PRIO_ADDRCONF

    private AddressMessages() {}

    /** Appends: this address is on this link. IPv6 addresses skip duplicate address detection. */
    public static void add(MessageBuilder messages, int link, IpPrefix address) {
        messages.begin(RTM_NEWADDR, MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.EXCL);
        address(messages, link, address);
    }

    /** Appends: this address is not on this link. */
    public static void delete(MessageBuilder messages, int link, IpPrefix address) {
        messages.begin(RTM_DELADDR, MessageBuilder.ACK);
        address(messages, link, address);
    }

    private static void address(MessageBuilder message, int link, IpPrefix address) {
        boolean v6 = address.family() == Family.IPV6;
        message.u8(v6 ? AF_INET6 : AF_INET)
                .u8(address.length())
                .u8(v6 ? IFA_F_NODAD : 0)
                .u8(RT_SCOPE_UNIVERSE)
                .u32(link);
        byte[] octets = address.address().octets();
        message.attr(IFA_LOCAL, octets).attr(IFA_ADDRESS, octets);
    }

    /**
     * Appends: this route is in the main table, through this link.
     *
     * @param origin who made it, RTPROT_; see {@link #BY_HAND}
     */
    public static void add(MessageBuilder messages, int link, RouteSpec route, int origin) {
        int once = route.beside() ? MessageBuilder.APPEND : MessageBuilder.EXCL;
        messages.begin(RTM_NEWROUTE, MessageBuilder.ACK | MessageBuilder.CREATE | once);
        route(messages, link, route, origin, route.gateway().isPresent() ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK);
        if (route.beside() && route.destination().family() == Family.IPV6) {
            messages.attr32(RTA_PRIORITY, USUAL_METRIC_V6 + link); // those of one metric would become one route
        }
    }

    /** Appends: this route is in the main table, through this link, instead of another one to the same place. */
    public static void replace(MessageBuilder messages, int link, RouteSpec route, int origin) {
        messages.begin(RTM_NEWROUTE, MessageBuilder.ACK | MessageBuilder.CREATE | MessageBuilder.REPLACE);
        route(messages, link, route, origin, route.gateway().isPresent() ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK);
    }

    /** Appends: the route that the kernel makes for an address by itself is there again. */
    public static void addConnected(MessageBuilder messages, int link, IpPrefix address) {
        messages.begin(RTM_NEWROUTE, MessageBuilder.ACK | MessageBuilder.CREATE);
        var route = new RouteSpec(address.subnet(), Optional.empty(), "");
        route(messages, link, route, RTPROT_KERNEL, RT_SCOPE_LINK);
        if (address.family() == Family.IPV6) {
            messages.attr32(RTA_PRIORITY, CONNECTED_METRIC_V6);
        } else {
            messages.attr(RTA_PREFSRC, address.address().octets());
        }
    }

    /** Appends: this route is not in the main table. */
    public static void delete(MessageBuilder messages, int link, RouteSpec route, int origin) {
        messages.begin(RTM_DELROUTE, MessageBuilder.ACK);
        route(messages, link, route, origin, RT_SCOPE_NOWHERE);
    }

    private static void route(MessageBuilder message, int link, RouteSpec route, int origin, int scope) {
        boolean v6 = route.destination().family() == Family.IPV6;
        message.u8(v6 ? AF_INET6 : AF_INET)
                .u8(route.destination().length())
                .u8(0)
                .u8(0);
        message.u8(RT_TABLE_MAIN)
                .u8(origin)
                .u8(v6 ? RT_SCOPE_UNIVERSE : scope)
                .u8(RTN_UNICAST)
                .u32(route.isToItself() ? RTNH_F_ONLINK : 0);
        if (route.destination().length() > 0) {
            message.attr(RTA_DST, route.destination().address().octets());
        }
        route.gateway().ifPresent(gateway -> message.attr(RTA_GATEWAY, gateway.octets()));
        message.attr32(RTA_OIF, link);
    }

    /** Appends: describe the addresses of this link. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}. */
    public static void listAddresses(MessageBuilder messages, int link) {
        messages.begin(RTM_GETADDR, MessageBuilder.DUMP).u8(0).u8(0).u8(0).u8(0).u32(link);
    }

    /**
     * Appends: describe the routes of this family in the main table. For {@link io.cnm4j.linux.netlink.NetlinkSocket#dump}.
     *
     * @param link the link through which they go, 0 for any
     */
    public static void listRoutes(MessageBuilder messages, Family family, int link) {
        messages.begin(RTM_GETROUTE, MessageBuilder.DUMP)
                .u8(family == Family.IPV6 ? AF_INET6 : AF_INET)
                .u8(0)
                .u8(0)
                .u8(0);
        messages.u8(RT_TABLE_MAIN).u8(0).u8(0).u8(0).u32(0);
        if (link != 0) {
            messages.attr32(RTA_OIF, link);
        }
    }
}
