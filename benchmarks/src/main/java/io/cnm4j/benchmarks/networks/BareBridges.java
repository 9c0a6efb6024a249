package io.cnm4j.benchmarks.networks;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.rtnetlink.AddressMessages;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.plan.LinkSpec;
import java.util.Optional;

/**
 * A host with bare bridges that have an address each: nothing decided, set, filtered or recorded. Tells how much the kernel's own work
 * grows with what is there. For each address that is added it looks through all the others for one that has expired, on the same
 * processor (check_lifetime in net/ipv4/devinet.c). Not thread-safe.
 */
final class BareBridges implements AutoCloseable {
    private static final IpAddress BASE = IpAddress.parse("10.0.0.1");
    private static final long SIZE = 1 << 7;
    private static final int MTU = 1500;

    private final BenchHost host;
    private final NetlinkSocket socket;
    private int number;

    private BareBridges(BenchHost host, NetlinkSocket socket) {
        this.host = host;
        this.socket = socket;
    }

    /** Makes the host. */
    static BareBridges open() throws Exception {
        BenchHost host = BenchHost.make();
        return new BareBridges(host, host.call(() -> NetlinkSocket.open(NetlinkSocket.ROUTE)));
    }

    /** Makes one. */
    void create(Samples into) {
        String name = "bare" + number;
        var mac = Optional.of(MacAddress.localUnicast(number));
        var address = new IpPrefix(BASE.plus(number++ * SIZE), 25);
        long start = System.nanoTime();
        var link = new MessageBuilder();
        LinkMessages.make(link, new LinkSpec.Bridge(name, MTU, mac, "bare"));
        send(link);
        int index = socket.linkIndex(name);
        var rest = new MessageBuilder();
        LinkMessages.mtu(rest, index, MTU);
        LinkMessages.alias(rest, index, "cnm4j 0123456789ab network 0123456789ab");
        AddressMessages.add(rest, index, address);
        send(rest);
        into.since(start);
    }

    private void send(MessageBuilder messages) {
        for (Reply reply : socket.send(messages)) {
            if (!reply.ok()) {
                throw new IllegalStateException("a bare call failed: errno " + reply.errno() + " " + reply.says());
            }
        }
    }

    @Override
    public void close() {
        socket.close();
        host.close();
    }
}
