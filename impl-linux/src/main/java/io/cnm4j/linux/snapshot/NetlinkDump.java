package io.cnm4j.linux.snapshot;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** A netlink socket of the calling thread's namespace that only reads: whole tables, or that something changed. */
final class NetlinkDump implements AutoCloseable {
    static final int ROUTE = 0;
    static final int XFRM = 6;
    static final int NETFILTER = 12;
    static final int HEADER = 16;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NLM_F_REQUEST_DUMP = 1 | 0x300;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int SIZE = 64 * 1024;

    private final Pointer memory = Memory.allocateDirect(LibC.runtime(), SIZE, true);
    private final int fd;

    private NetlinkDump(int fd) {
        this.fd = fd;
    }

    /** Opens a socket that hears of the changes in {@code groups}, a bit mask; 0 for none. */
    static NetlinkDump open(int protocol, int groups) {
        int fd = CALLS.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
        if (fd < 0) {
            throw Errno.failed("socket(AF_NETLINK)", LibC.errno());
        }
        var socket = new NetlinkDump(fd);
        socket.memory.putShort(0, (short) AF_NETLINK);
        socket.memory.putInt(8, groups);
        if (CALLS.bind(fd, socket.memory.address(), 12) != 0) {
            int errno = LibC.errno();
            socket.close();
            throw Errno.failed("bind(AF_NETLINK)", errno);
        }
        return socket;
    }

    int fd() {
        return fd;
    }

    /** Reads a table: hands over each message from its header on. Returns 0, or the error number of the kernel. */
    int each(int type, byte[] body, Consumer<ByteBuffer> reader) {
        byte[] request = ByteBuffer.allocate(HEADER + body.length)
                .order(ByteOrder.nativeOrder())
                .putInt(HEADER + body.length)
                .putShort((short) type)
                .putShort((short) NLM_F_REQUEST_DUMP)
                .putLong(0)
                .put(body)
                .array();
        memory.put(0, request, 0, request.length);
        if (CALLS.send(fd, memory.address(), request.length, 0) < 0) {
            return LibC.errno();
        }
        while (true) {
            long count = CALLS.recv(fd, memory.address(), SIZE, 0);
            if (count < 0) {
                return LibC.errno();
            }
            byte[] octets = new byte[(int) count];
            memory.get(0, octets, 0, octets.length);
            var messages = ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
            while (messages.remaining() >= HEADER) {
                int length = messages.getInt(messages.position());
                int kind = messages.getShort(messages.position() + 4);
                if (kind == NLMSG_DONE || kind == NLMSG_ERROR) {
                    return -messages.getInt(messages.position() + HEADER);
                }
                reader.accept(messages.slice(messages.position(), length).order(ByteOrder.nativeOrder()));
                messages.position(Math.min(messages.limit(), messages.position() + aligned(length)));
            }
        }
    }

    /** Returns the attributes that begin at {@code offset}, by type. */
    static Map<Integer, ByteBuffer> attributes(ByteBuffer message, int offset) {
        var attributes = new HashMap<Integer, ByteBuffer>();
        int at = offset;
        while (at + 4 <= message.limit()) {
            int length = Short.toUnsignedInt(message.getShort(at));
            if (length < 4 || at + length > message.limit()) {
                throw new IllegalStateException("attribute at offset " + at + " claims " + length + " octets, "
                        + (message.limit() - at) + " remain");
            }
            attributes.put(
                    message.getShort(at + 2) & 0x3fff,
                    message.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
            at += aligned(length);
        }
        return attributes;
    }

    private static int aligned(int length) {
        return length + 3 & ~3;
    }

    @Override
    public void close() {
        CALLS.close(fd);
    }
}
