package io.cnm4j.linux.executor;

import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netns.WorkerContext;

/** A worker's sockets in the host namespace, and its message buffer. */
record HomeSockets(NetlinkSocket route, NetlinkSocket netfilter, MessageBuilder messages) implements AutoCloseable {

    /** Returns those of the calling worker. */
    static HomeSockets ofWorker() {
        return WorkerContext.current().resource(HomeSockets.class, HomeSockets::open);
    }

    private static HomeSockets open() {
        NetlinkSocket route = NetlinkSocket.open(NetlinkSocket.ROUTE);
        try {
            return new HomeSockets(route, NetlinkSocket.open(NetlinkSocket.NETFILTER), new MessageBuilder());
        } catch (RuntimeException failure) {
            route.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        try (netfilter) {
            route.close();
        }
    }
}
