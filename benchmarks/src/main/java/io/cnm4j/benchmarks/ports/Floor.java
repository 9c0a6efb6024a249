package io.cnm4j.benchmarks.ports;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.TransportProtocol;
import io.cnm4j.linux.conntrack.Connections;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.nftables.NftBatch;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.PortElements;
import java.util.ArrayList;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * What publishing cannot do without: a listening socket for each port, which is waited at, and one transaction with its elements, encoded
 * beforehand, in a table of the same form; when it ends, one question for the connections that are to be forgotten, for which the kernel
 * looks through all it has room for. Bare calls from a loop, nothing looked up, nothing recorded. Lives in the namespace of the thread
 * that makes it.
 */
final class Floor implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int SOCKADDR_IN = 16;
    private static final int BACKLOG = 4096;
    private static final int CLOEXEC = 0x80000;
    private static final int EVENT = 16; // struct epoll_event, padded or not
    private static final int EPOLLIN = 1;
    private static final IpAddress CONTAINER = IpAddress.parse("172.17.0.2");

    private final FirewallTable table = HostFirewall.table("floor");
    private final NetlinkSocket netfilter = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    private final Pointer address = Memory.allocateDirect(LibC.runtime(), SOCKADDR_IN, true);
    private final Pointer one = Memory.allocateDirect(LibC.runtime(), Integer.BYTES, true);
    private final Pointer event = Memory.allocateDirect(LibC.runtime(), EVENT, true);
    private final int epoll = CALLS.epoll_create1(CLOEXEC);
    private final MessageBuilder questions = new MessageBuilder();
    private final MessageBuilder adding;
    private final MessageBuilder deleting;
    private final int first;
    private final int[] sockets;

    Floor(int first, int count) {
        this.first = first;
        this.sockets = new int[count];
        address.putShort(0, (short) AF_INET);
        one.putInt(0, 1);
        event.putInt(0, EPOLLIN);
        var elements = new ArrayList<FirewallElement>();
        for (int i = 0; i < count; i++) {
            var inside = new ContainerPorts(TransportProtocol.TCP, PortRange.of(1 + i));
            elements.addAll(PortElements.translated(
                    new PortMapping(IpAddress.ipv4(0), PortRange.of(first + i), inside), CONTAINER));
        }
        commit(new NftBatch().add(table).ended());
        this.adding = new NftBatch().add(table, elements).ended();
        this.deleting = new NftBatch().delete(table, elements).ended();
    }

    void publish() {
        for (int i = 0; i < sockets.length; i++) {
            int port = first + i;
            int fd = CALLS.socket(AF_INET, STREAM_NONBLOCK_CLOEXEC, TransportProtocol.TCP.number());
            address.putByte(2, (byte) (port >> 8));
            address.putByte(3, (byte) port);
            if (CALLS.setsockopt(fd, 1, 2, one.address(), Integer.BYTES) != 0 // SOL_SOCKET, SO_REUSEADDR
                    || CALLS.bind(fd, address.address(), SOCKADDR_IN) != 0
                    || CALLS.listen(fd, BACKLOG) != 0
                    || CALLS.epoll_ctl(epoll, 1, fd, event.address()) != 0) { // EPOLL_CTL_ADD
                throw new IllegalStateException("the floor got no port " + port);
            }
            sockets[i] = fd;
        }
        commit(adding);
    }

    void unpublish() {
        commit(deleting);
        if (new Connections(netfilter, questions).answeredBy(CONTAINER).size() > 0) {
            throw new IllegalStateException("nobody was connected");
        }
        for (int fd : sockets) {
            CALLS.close(fd);
        }
    }

    private void commit(MessageBuilder batch) {
        netfilter.send(batch).stream().filter(reply -> !reply.ok()).findFirst().ifPresent(refused -> {
            throw new IllegalStateException("the floor was refused: " + refused);
        });
    }

    @Override
    public void close() {
        commit(new NftBatch().delete(table).ended());
        CALLS.close(epoll);
        netfilter.close();
    }
}
