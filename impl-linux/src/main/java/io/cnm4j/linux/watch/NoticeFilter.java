package io.cnm4j.linux.watch;

import io.cnm4j.api.ControllerId;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.Notice;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.spi.plan.Mark;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/** Which notices concern what carries the mark of one controller. Used by one thread. */
final class NoticeFilter {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_NEWNETCONF = 80;
    private static final int XFRM_MSG_DELSA = 0x11;
    private static final int XFRM_MSG_NEWPOLICY = 0x13;
    private static final int XFRM_MSG_DELPOLICY = 0x14;
    private static final int XFRM_MSG_UPDPOLICY = 0x19;
    private static final int XFRM_MSG_FLUSHSA = 0x1c;
    private static final int XFRM_MSG_FLUSHPOLICY = 0x1d;
    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NFGENMSG = 4;
    private static final int NETCONFMSG = 4; // struct netconfmsg, aligned
    private static final int NETCONFA_IFINDEX = 1;
    private static final int NETCONFA_IFINDEX_ALL = -1;
    private static final int TABLE_NAME = 1; // NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE, NFTA_SET_TABLE ...

    private final ControllerId controller;
    private final IntPredicate isOurs;
    private final Set<Integer> links = ConcurrentHashMap.newKeySet(); // indexes of those with our mark

    /** @param isOurs whether a port id is that of a socket of ours */
    NoticeFilter(ControllerId controller, IntPredicate isOurs) {
        this.controller = controller;
        this.isOurs = isOurs;
    }

    boolean concernsRoute(Notice notice) {
        return switch (notice.type()) {
            case RTM_NEWLINK, RTM_DELLINK -> concernsLink(notice);
            case RTM_NEWADDR, RTM_DELADDR ->
                !isOurs.test(notice.port()) && links.contains(notice.payload().getInt(4));
            case RTM_NEWNETCONF -> concernsWholeHost(notice);
            default -> false;
        };
    }

    /** Tells whether a parameter of all interfaces was changed, such as forwarding. */
    private static boolean concernsWholeHost(Notice notice) {
        var payload = notice.payload();
        if (payload.remaining() < NETCONFMSG) {
            return false;
        }
        var at = new AttributeCursor(payload.slice(NETCONFMSG, payload.limit() - NETCONFMSG));
        while (at.next()) {
            if (at.type() == NETCONFA_IFINDEX) {
                return at.u32() == NETCONFA_IFINDEX_ALL;
            }
        }
        return false;
    }

    private boolean concernsLink(Notice notice) {
        LinkState link = LinkState.read(notice.payload());
        String alias = link.facts().alias();
        if (!Mark.isOf(controller, alias)) { // a bridge port's notice has none; or it was changed
            return links.contains(link.index()) && !isOurs.test(notice.port());
        }
        if (notice.type() == RTM_DELLINK) {
            links.remove(link.index());
        } else {
            links.add(link.index());
        }
        return !isOurs.test(notice.port()) && !Mark.isLeaving(alias);
    }

    /** Tells whether somebody else took a key away, or changed what is encrypted: whose it was is not told. */
    boolean concernsSecurity(Notice notice) {
        return switch (notice.type()) {
            case XFRM_MSG_DELSA,
                    XFRM_MSG_FLUSHSA,
                    XFRM_MSG_NEWPOLICY,
                    XFRM_MSG_UPDPOLICY,
                    XFRM_MSG_DELPOLICY,
                    XFRM_MSG_FLUSHPOLICY -> !isOurs.test(notice.port());
            default -> false;
        };
    }

    boolean concernsFirewall(Notice notice) {
        if (notice.type() >> 8 != NFNL_SUBSYS_NFTABLES || isOurs.test(notice.port())) {
            return false;
        }
        var payload = notice.payload();
        if (payload.remaining() < NFGENMSG) {
            return false;
        }
        var at = new AttributeCursor(payload.slice(NFGENMSG, payload.limit() - NFGENMSG));
        while (at.next()) {
            if (at.type() == TABLE_NAME) {
                return at.text().equals(Mark.table(controller));
            }
        }
        return false;
    }
}
