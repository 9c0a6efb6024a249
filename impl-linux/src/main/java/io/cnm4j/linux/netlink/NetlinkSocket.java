package io.cnm4j.linux.netlink;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.linux.libc.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import jnr.ffi.Pointer;

/** A netlink socket of the namespace in which it was opened. One thread at a time. */
public final class NetlinkSocket implements AutoCloseable {
    /** NETLINK_ROUTE. */
    public static final int ROUTE = 0;
    /** NETLINK_XFRM. */
    public static final int XFRM = 6;
    /** NETLINK_NETFILTER. */
    public static final int NETFILTER = 12;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int SOCKADDR_NL = 12;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EAGAIN = 11;
    private static final int ENOBUFS = 105;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_INDEX = 16;
    private static final int EINTR = 4;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int F_MULTI = 2;
    private static final int F_DUMP_INTR = 16;
    private static final int F_ACK_TLVS = 0x200;
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int DUMP_TRIES = 8;
    private static final int PATIENCE_SECONDS = 10; // the kernel answers at once or never

    private static final int ANSWER = 1 << 16; // the kernel sends at most 32 KiB at a time
    private static final ThreadLocal<ByteBuffer> ANSWERS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(ANSWER).order(ByteOrder.nativeOrder()));

    private final int fd;
    private int sequence = 1;
    private boolean closed;

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    /**
     * Opens a socket in the calling thread's network namespace.
     *
     * @param protocol {@link #ROUTE}, {@link #XFRM} or {@link #NETFILTER}
     */
    public static NetlinkSocket open(int protocol) {
        int fd = CALLS.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
        if (fd < 0) {
            throw failed("socket(AF_NETLINK, SOCK_RAW, " + protocol + ")");
        }
        var socket = new NetlinkSocket(fd);
        socket.option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
        socket.option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
        socket.option(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        socket.option(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
        socket.patience();
        return socket;
    }

    /**
     * Opens a socket in the calling thread's network namespace that hears of changes.
     *
     * @param groups numbers of multicast groups, RTNLGRP_ or NFNLGRP_
     */
    public static NetlinkSocket listening(int protocol, List<Integer> groups) {
        NetlinkSocket socket = open(protocol);
        socket.port(); // only a bound socket hears
        groups.forEach(group -> socket.option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group));
        return socket;
    }

    /** Returns its descriptor, for poll(2). */
    public int fd() {
        return fd;
    }

    /** Returns the port id that the kernel names as the cause of what this socket changes. */
    public int port() {
        Pointer page = Scratch.page();
        page.putShort(0, (short) AF_NETLINK);
        page.putShort(2, (short) 0);
        page.putLong(4, 0);
        CALLS.bind(fd, page.address(), SOCKADDR_NL); // fails if it has one already
        page.putInt(SOCKADDR_NL, SOCKADDR_NL);
        if (CALLS.getsockname(fd, page.address(), page.address() + SOCKADDR_NL) != 0) {
            throw failed("getsockname(netlink)");
        }
        return page.getInt(4);
    }

    /**
     * Returns what it has heard since it was last asked, without waiting.
     *
     * @return empty inside if there is nothing, absent if more came than it could hold
     */
    public Optional<List<Notice>> notices() {
        ByteBuffer buffer = ANSWERS.get();
        long length = CALLS.recv(fd, Pointer.wrap(LibC.runtime(), buffer).address(), ANSWER, MSG_DONTWAIT);
        if (length < 0) {
            return switch (LibC.errno()) {
                case EAGAIN, EINTR -> Optional.of(List.of());
                case ENOBUFS -> Optional.empty();
                default -> throw failed("recv(netlink notices)");
            };
        }
        var notices = new ArrayList<Notice>();
        int at = 0;
        while (at + MessageBuilder.HEADER <= length) {
            int size = buffer.getInt(at);
            if (size < MessageBuilder.HEADER || at + size > length) {
                throw new ProtocolException("netlink notice at offset " + at + " claims " + size + " octets");
            }
            ByteBuffer payload = ByteBuffer.allocate(size - MessageBuilder.HEADER)
                    .order(ByteOrder.nativeOrder())
                    .put(buffer.slice(at + MessageBuilder.HEADER, size - MessageBuilder.HEADER))
                    .flip();
            notices.add(new Notice(buffer.getShort(at + 4), buffer.getInt(at + 12), payload));
            at += (size + 3) & ~3;
        }
        return Optional.of(notices);
    }

    private void option(int level, int name, int value) {
        Sockets.option(fd, level, name, value); // an old kernel lacks some: it answers in fewer words then
    }

    private void patience() {
        Pointer memory = Scratch.page();
        memory.putLong(0, PATIENCE_SECONDS);
        memory.putLong(Long.BYTES, 0);
        CALLS.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, memory.address(), 2 * Long.BYTES);
    }

    /**
     * Returns the index of the link of this name in this socket's namespace, 0 if there is none. Waits for no lock of the kernel, as
     * messages do: netdevice(7).
     *
     * @param name a valid one, of at most 15 octets
     */
    public int linkIndex(String name) {
        Pointer request = Scratch.page();
        request.setMemory(0, IFREQ_SIZE, (byte) 0);
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        request.put(0, octets, 0, Math.min(octets.length, IFREQ_INDEX - 1));
        if (CALLS.ioctl(fd, SIOCGIFINDEX, request.address()) == 0) {
            return request.getInt(IFREQ_INDEX);
        }
        if (LibC.errno() == Errno.ENODEV) {
            return 0;
        }
        throw failed("ioctl(SIOCGIFINDEX, " + name + ")");
    }

    /**
     * Sends all messages at once and waits for the answer to each that asks for one.
     *
     * @return one reply for each message, in order
     */
    public List<Reply> send(MessageBuilder messages) {
        int first = sequence;
        sequence += messages.count();
        BitSet asking = messages.number(first);
        int expected = asking.cardinality();
        if (CALLS.send(fd, messages.address(), messages.length(), 0) != messages.length()) {
            throw failed("send(netlink, " + messages.count() + " messages)");
        }
        var collected = new Collected(first, messages.count(), asking);
        while (collected.acks < expected && !collected.refused) {
            receive(collected);
        }
        return collected.replies();
    }

    /**
     * Sends one dump request and returns the payloads of all messages of the answer, header stripped. A dump that changed while it
     * ran is asked for again.
     */
    public List<ByteBuffer> dump(MessageBuilder request) {
        for (int i = 0; i < DUMP_TRIES; i++) {
            int first = sequence++;
            request.number(first);
            if (CALLS.send(fd, request.address(), request.length(), 0) != request.length()) {
                throw failed("send(netlink, dump)");
            }
            var collected = new Collected(first, 1, new BitSet());
            while (!collected.done && !collected.refused) {
                receive(collected);
            }
            Reply reply = collected.replies().get(0);
            if (!reply.ok()) {
                throw new KernelException(
                        "netlink dump",
                        reply.errno(),
                        Errno.name(reply.errno()),
                        reply.says(),
                        Errno.advice(reply.errno()));
            }
            if (!collected.interrupted) {
                return reply.data();
            }
        }
        throw new ProtocolException("a netlink dump was interrupted by changes " + DUMP_TRIES + " times in a row");
    }

    private void receive(Collected into) {
        ByteBuffer answer = ANSWERS.get();
        long length = CALLS.recv(fd, Pointer.wrap(LibC.runtime(), answer).address(), ANSWER, 0);
        if (length < 0) {
            if (LibC.errno() == EINTR) {
                return;
            }
            throw failed("recv(netlink) after " + into.acks + " answers, errno of each "
                    + java.util.Arrays.toString(into.errno));
        }
        int at = 0;
        while (at + MessageBuilder.HEADER <= length) {
            int size = answer.getInt(at);
            if (size < MessageBuilder.HEADER || at + size > length) {
                throw new ProtocolException("netlink message at offset " + at + " claims " + size + " octets, "
                        + (length - at) + " remain");
            }
            into.take(answer.slice(at, size).order(ByteOrder.nativeOrder()));
            at += size + 3 & ~3;
        }
    }

    private static KernelException failed(String call) {
        int errno = LibC.errno();
        return new KernelException(call, errno, Errno.name(errno), "", Errno.advice(errno));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CALLS.close(fd);
        }
    }

    /** Answers so far, by message. */
    private static final class Collected {
        private final int first;
        private final BitSet asking;
        private final int[] errno;
        private final String[] says;
        private final int[] offset;
        private final List<List<ByteBuffer>> data = new ArrayList<>();
        int acks;
        boolean refused;
        boolean done;
        boolean interrupted;

        Collected(int first, int count, BitSet asking) {
            this.first = first;
            this.asking = asking;
            this.errno = new int[count];
            this.says = new String[count];
            this.offset = new int[count];
            java.util.Arrays.fill(says, "");
            for (int i = 0; i < count; i++) {
                data.add(new ArrayList<>(1));
            }
        }

        void take(ByteBuffer message) {
            int index = message.getInt(8) - first;
            if (index < 0 || index >= errno.length) {
                return; // an answer to an earlier request whose caller gave up
            }
            int type = message.getShort(4);
            int flags = message.getShort(6);
            interrupted |= (flags & F_MULTI) != 0 && (flags & F_DUMP_INTR) != 0;
            if (type == NLMSG_ERROR || type == NLMSG_DONE) {
                verdict(index, type, flags, message);
                return;
            }
            int length = message.limit() - MessageBuilder.HEADER;
            ByteBuffer copy = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
            copy.put(message.slice(MessageBuilder.HEADER, length)).flip();
            data.get(index).add(copy);
        }

        private void verdict(int index, int type, int flags, ByteBuffer message) {
            if (message.limit() < MessageBuilder.HEADER + 4) {
                throw new ProtocolException("netlink verdict of " + message.limit() + " octets has no error number");
            }
            acks++;
            done |= type == NLMSG_DONE;
            errno[index] = -message.getInt(MessageBuilder.HEADER);
            refused |=
                    errno[index] != 0 && !asking.get(index); // of a dump, or of a whole batch: no other answer follows
            // NETLINK_CAP_ACK: only our header comes back
            int echo = type == NLMSG_DONE ? 4 : 4 + MessageBuilder.HEADER;
            if ((flags & F_ACK_TLVS) != 0 && message.limit() >= MessageBuilder.HEADER + echo) {
                int start = MessageBuilder.HEADER + echo;
                var attributes = new AttributeCursor(message.slice(start, message.limit() - start));
                while (attributes.next()) {
                    switch (attributes.type()) {
                        case 1 -> says[index] = attributes.text(); // NLMSGERR_ATTR_MSG
                        case 2 -> offset[index] = attributes.u32(); // NLMSGERR_ATTR_OFFS
                        default -> {}
                    }
                }
            }
        }

        List<Reply> replies() {
            var replies = new ArrayList<Reply>(errno.length);
            for (int i = 0; i < errno.length; i++) {
                replies.add(new Reply(errno[i], says[i], offset[i], data.get(i)));
            }
            return replies;
        }
    }
}
