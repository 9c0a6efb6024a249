package io.cnm4j.benchmarks.connect;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.nftables.NameRules;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** What names cost the bare loop: two sockets and one nft batch inside the sandbox, two files outside. Used as its {@link Floor} is. */
final class FloorNames {
    private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int O_CREAT_EXCL_WRONLY_CLOEXEC = 1 | 0x40 | 0x80 | 0x80000;
    private static final byte[] ADDRESS = {127, 0, 0, 11};
    private static final int PORT = 5353;
    private static final byte[] LINES = "127.0.0.1\tlocalhost\n".repeat(12).getBytes(StandardCharsets.US_ASCII);
    private static final int SOCKADDR_IN = 16;

    private final Pointer address = Memory.allocateDirect(LibC.runtime(), SOCKADDR_IN, true);
    private final Pointer text = Memory.allocateDirect(LibC.runtime(), LINES.length, true);
    private final MessageBuilder messages = new MessageBuilder();
    private final Map<Integer, int[]> sockets = new HashMap<>();

    FloorNames() {
        address.putShort(0, (short) 2); // AF_INET
        address.putByte(2, (byte) (PORT >> 8));
        address.putByte(3, (byte) PORT);
        address.put(4, ADDRESS, 0, ADDRESS.length);
        text.put(0, LINES, 0, LINES.length);
    }

    /** Opens the server's sockets and brings questions to them. By a thread that is in the sandbox. */
    void serve(int number) {
        int datagrams = bound(2); // SOCK_DGRAM
        int streams = bound(1); // SOCK_STREAM
        Floor.checked(CALLS.listen(streams, 128));
        sockets.put(number, new int[] {datagrams, streams});
        try (NetlinkSocket netfilter = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            new NameRules(netfilter, messages, "cnm4j-0123456789ab")
                    .make(ADDRESS, PORT)
                    .ifPresent(refused -> {
                        throw new IllegalStateException("the floor's batch was refused, errno " + refused.errno());
                    });
        }
    }

    private int bound(int type) {
        int fd = Floor.checked(CALLS.socket(2, type | NONBLOCK_CLOEXEC, 0));
        Floor.checked(CALLS.bind(fd, address.address(), SOCKADDR_IN));
        return fd;
    }

    /** Writes hosts and resolv.conf of a sandbox into a directory of its own. */
    void write(String directory) {
        Floor.checked(CALLS.mkdir(directory, 0755));
        write(directory, "/hosts");
        write(directory, "/resolv.conf");
    }

    private void write(String directory, String name) {
        int fd = Floor.checked(CALLS.open(directory + name, O_CREAT_EXCL_WRONLY_CLOEXEC, 0644));
        Floor.checked((int) CALLS.write(fd, text.address(), LINES.length));
        CALLS.close(fd);
    }

    /** Takes all of it back but the rules, which go with their namespace. */
    void remove(int number, String directory) {
        for (int fd : Objects.requireNonNull(sockets.remove(number))) {
            CALLS.close(fd);
        }
        Floor.checked(CALLS.unlink(directory + "/hosts"));
        Floor.checked(CALLS.unlink(directory + "/resolv.conf"));
        Floor.checked(CALLS.rmdir(directory));
    }
}
