package io.cnm4j.linux.xfrm;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import java.util.List;
import java.util.Optional;

/** Policies and states of the namespace in which it was opened. One thread at a time. */
final class XfrmSocket implements AutoCloseable {
    private static final String ADVICE =
            "see `ip xfrm state` and `ip xfrm policy` for what is in the way; ESP needs CAP_NET_ADMIN and the modules esp4 and esp6";

    private final NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.XFRM);
    private final MessageBuilder messages = new MessageBuilder();

    /** Returns the port id that notices of what it changes have. */
    int port() {
        return socket.port();
    }

    /** Returns the buffer for messages, empty. */
    MessageBuilder messages() {
        return messages.clear();
    }

    /** Sends what is in the buffer. */
    List<Reply> send() {
        return messages.count() == 0 ? List.of() : socket.send(messages);
    }

    List<XfrmPolicy> policies() {
        XfrmPolicy.list(messages.clear());
        return socket.dump(messages).stream()
                .map(XfrmPolicy::read)
                .flatMap(Optional::stream)
                .toList();
    }

    List<XfrmState> states() {
        XfrmState.list(messages.clear());
        return socket.dump(messages).stream()
                .map(XfrmState::read)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the exception for what the kernel refused. */
    static KernelException refused(String what, Reply reply) {
        return new KernelException(what, reply.errno(), Errno.name(reply.errno()), reply.says(), ADVICE);
    }

    @Override
    public void close() {
        socket.close();
    }
}
