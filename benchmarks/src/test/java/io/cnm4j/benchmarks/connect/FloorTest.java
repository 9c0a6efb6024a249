package io.cnm4j.benchmarks.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.linux.HostSnapshot;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.plan.LinkSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class FloorTest {
    private static boolean isRoot() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
    }

    private static void makeBridge() {
        var messages = new MessageBuilder();
        LinkMessages.make(messages, new LinkSpec.Bridge("br0", 1500, Optional.empty(), ""));
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            assertThat(socket.send(messages)).allMatch(reply -> reply.ok());
        }
    }

    @Test
    void theBareLoopMakesAWholeSandboxAndLetsItGo() throws Exception {
        assumeTrue(isRoot(), "makes network namespaces; run as root or under unshare -rnm");
        try (BenchHost host = BenchHost.make()) {
            String directory = host.directory("floor").toString();
            String inside = host.call(() -> {
                makeBridge();
                try (var links = new Links();
                        var floor = new Floor(
                                directory,
                                links.index("br0"),
                                IpPrefix.parse("10.1.0.0/16"),
                                IpAddress.parse("10.1.0.1"))) {
                    floor.connect(7);
                    String state = HostSnapshot.of(Path.of(directory, "floor7")).toString();
                    floor.remove(7);
                    links.awaitGone(List.of(Floor.hostLink(7)));
                    return state;
                }
            });
            assertThat(inside.lines())
                    .contains(
                            "link eth0 kind veth mtu 1500 master none alias '' up",
                            "address 10.1.128.7/16 on eth0",
                            "route default/0 via 10.1.0.1 on eth0 table 254");
            host.call(() -> {
                var messages = new MessageBuilder();
                try (var links = new Links();
                        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                    LinkMessages.delete(messages, links.index("br0"));
                    return socket.send(messages);
                }
            });
            assertThat(host.leaks()).isEmpty();
        }
    }
}
