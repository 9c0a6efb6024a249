package io.cnm4j.linux.executor;

import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netns.WorkerContext;
import java.util.Set;

/** A worker's sockets in the host namespace, and its message buffer. */
record HomeSockets(NetlinkSocket route, NetlinkSocket netfilter, MessageBuilder messages) implements AutoCloseable {

    /** Returns those of the calling worker; the port ids of new ones go to {@code ports}. */
    static HomeSockets ofWorker(Set<Integer> ports) {
        return WorkerContext.current().resource(HomeSockets.class, () -> open(ports));
    }

    private static HomeSockets open(Set<Integer> ports) {
        NetlinkSocket route = NetlinkSocket.open(NetlinkSocket.ROUTE);
        try {
            NetlinkSocket netfilter = NetlinkSocket.open(NetlinkSocket.NETFILTER);
            ports.add(route.port());
            ports.add(netfilter.port());
            return new HomeSockets(route, netfilter, new MessageBuilder());
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
