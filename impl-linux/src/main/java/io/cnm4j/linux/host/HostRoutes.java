package io.cnm4j.linux.host;

import io.cnm4j.api.model.Family;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Notice;
import io.cnm4j.linux.netns.WorkerContext;
import io.cnm4j.linux.rtnetlink.RouteState;
import io.cnm4j.linux.rtnetlink.RtnetlinkQueries;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What one worker knows of the host's on-link routes: read once, then kept up by what the kernel told of changes until the next question,
 * which so costs no more than has changed. The kernel does not tell of every route that goes (of one with a preferred source, say):
 * all is read again once in a while, and until then a subnet may count as used that is free, never the other way round.
 */
final class HostRoutes implements AutoCloseable {
    private static final List<Integer> GROUPS = List.of(1, 7, 11); // RTNLGRP_LINK, _IPV4_ROUTE, _IPV6_ROUTE
    private static final long READ_AGAIN_NANOS = 30_000_000_000L;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int IFINFOMSG = 16;
    private static final int IFF_UP = 1;
    private static final int RTMSG = 12;
    private static final int RT_TABLE_MAIN = 254;

    private final NetlinkSocket notices = NetlinkSocket.listening(NetlinkSocket.ROUTE, GROUPS);
    private OnLinkRoutes known = new OnLinkRoutes();
    private long readAt;
    private boolean read;

    /** Returns that of the calling worker. */
    static HostRoutes ofWorker() {
        return WorkerContext.current().resource(HostRoutes.class, HostRoutes::new);
    }

    /** Returns the routes as they are now; they may go on changing with later questions. */
    OnLinkRoutes now() {
        boolean heardAll = follow();
        if (!read || !heardAll || System.nanoTime() - readAt > READ_AGAIN_NANOS) {
            readAll();
        }
        return known;
    }

    private boolean follow() {
        boolean heardAll = true;
        Optional<List<Notice>> heard = notices.notices();
        while (heard.isEmpty() || !heard.orElseThrow().isEmpty()) {
            heardAll &= heard.isPresent();
            heard.orElse(List.of()).forEach(this::note);
            heard = notices.notices();
        }
        return heardAll;
    }

    private void readAll() {
        var fresh = new OnLinkRoutes();
        long now = System.nanoTime();
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            var queries = new RtnetlinkQueries(socket, new MessageBuilder());
            for (Family family : Family.values()) {
                queries.routes(family, 0).forEach(fresh::add);
            }
        }
        known = fresh;
        readAt = now;
        read = true;
    }

    private void note(Notice notice) {
        ByteBuffer payload = notice.payload();
        switch (notice.type()) {
            case RTM_NEWROUTE -> {
                if (isMain(payload)) {
                    known.add(RouteState.read(payload));
                }
            }
            case RTM_DELROUTE -> {
                if (isMain(payload)) {
                    known.remove(RouteState.read(payload));
                }
            }
            case RTM_NEWLINK, RTM_DELLINK -> {
                if (isOff(notice.type(), payload)) {
                    known.removeLink(payload.getInt(4));
                }
            }
            default -> {}
        }
    }

    private static boolean isMain(ByteBuffer route) {
        return route.remaining() >= RTMSG && (route.get(4) & 0xff) == RT_TABLE_MAIN;
    }

    /** Tells whether a link is down or gone; of a bridge's port (family AF_BRIDGE) that is not what the message says. */
    private static boolean isOff(int type, ByteBuffer link) {
        return link.remaining() >= IFINFOMSG
                && link.get(0) == 0
                && (type == RTM_DELLINK || (link.getInt(8) & IFF_UP) == 0);
    }

    @Override
    public void close() {
        notices.close();
    }
}
