package io.cnm4j.benchmarks.connect;

import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.rtnetlink.LinkState;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;

/** Questions about links of the namespace in which it was made. One thread at a time. */
final class Links implements AutoCloseable {
    private static final int ENODEV = 19;
    private static final long POLL_NANOS = 200_000;
    private static final long LIMIT_NANOS = 60_000_000_000L;

    private final NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
    private final MessageBuilder messages = new MessageBuilder();

    private Reply ask(String name) {
        LinkMessages.get(messages.clear(), name);
        return socket.send(messages).get(0);
    }

    /** Returns the index of a link that is there. */
    int index(String name) {
        return LinkState.read(ask(name).data().get(0)).index();
    }

    /** Waits until none of these links is there; the kernel lets them go behind the caller, and one after the other is asked for. */
    void awaitGone(Collection<String> names) {
        long start = System.nanoTime();
        for (String name : names) {
            while (ask(name).errno() != ENODEV) {
                if (System.nanoTime() - start > LIMIT_NANOS) {
                    throw new IllegalStateException("link " + name + " is still there after a minute");
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
