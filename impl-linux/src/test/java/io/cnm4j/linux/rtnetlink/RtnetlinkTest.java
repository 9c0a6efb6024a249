package io.cnm4j.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class RtnetlinkTest {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int EEXIST = 17;

    /** Runs on a thread of its own, alone in a network namespace of its own. */
    private static void inFreshNamespace(Runnable test) {
        var outcome = new CompletableFuture<Boolean>();
        var thread = new Thread(() -> {
            try {
                if (LibC.CALLS.unshare(CLONE_NEWNET) != 0) {
                    outcome.complete(false);
                    return;
                }
                test.run();
                outcome.complete(true);
            } catch (Throwable failure) {
                outcome.completeExceptionally(failure);
            }
        });
        thread.start();
        assumeTrue(outcome.join(), "network namespaces need CAP_SYS_ADMIN: run as root or under unshare -rn");
    }

    private static LinkSpec.Bridge bridge(String name) {
        return new LinkSpec.Bridge(
                name, 1400, Optional.of(MacAddress.parse("02:00:00:00:00:01")), "cnm4j 0123456789ab test");
    }

    private static Optional<LinkFacts> link(NetlinkSocket socket, MessageBuilder messages, String name) {
        LinkMessages.get(messages.clear(), name);
        Reply reply = socket.send(messages).get(0);
        return reply.ok() ? Optional.of(LinkState.read(reply.data().get(0)).facts()) : Optional.empty();
    }

    @Test
    void parametersOfALinkAreReadAsTheirFilesSay() {
        inFreshNamespace(() -> {
            var messages = new MessageBuilder();
            try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                LinkMessages.make(messages.clear(), bridge("br0.1"));
                assertThat(socket.send(messages)).allMatch(Reply::ok);
                var queries = new RtnetlinkQueries(socket, messages);
                for (String name : List.of("disable_ipv6", "accept_ra", "accept_dad")) {
                    String key = "net.ipv6.conf.br0/1." + name;
                    Ipv6Parameter parameter = Ipv6Parameter.of(key).orElseThrow();
                    for (String value : List.of("0", "1")) {
                        Sysctls.write(key, value, KernelTap.NONE);
                        assertThat(queries.parameter(parameter)).contains(value).isEqualTo(Sysctls.read(key));
                    }
                }
                assertThat(queries.parameter(new Ipv6Parameter("br9", 26))).isEmpty();
            }
        });
    }

    @Test
    void aLinkThatIsGoneHasNothing() {
        inFreshNamespace(() -> {
            var messages = new MessageBuilder();
            try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                var queries = new RtnetlinkQueries(socket, messages);
                int gone = 4711;
                assertThat(queries.link(gone)).isEmpty();
                assertThat(queries.addresses(gone)).isEmpty();
                assertThat(queries.neighbours(gone)).isEmpty();
                assertThat(queries.forwarding(gone)).isEmpty();
                for (Family family : Family.values()) {
                    assertThat(queries.routes(family, gone)).isEmpty();
                }
            }
        });
    }

    @Test
    void onlySomeParametersAreReadSo() {
        assertThat(Ipv6Parameter.of("net.ipv6.conf.default.disable_ipv6")).isEmpty();
        assertThat(Ipv6Parameter.of("net.ipv6.conf.all.forwarding")).isEmpty();
        assertThat(Ipv6Parameter.of("net.ipv4.ip_forward")).isEmpty();
        assertThat(Ipv6Parameter.of("net.ipv6.conf.disable_ipv6")).isEmpty();
        assertThat(Ipv6Parameter.of("net.ipv6.conf.eth0.disable_ipv6")).contains(new Ipv6Parameter("eth0", 26));
    }

    @Test
    void aBridgeIsBornUpWithItsAttributesAndCarriesItsMark() {
        inFreshNamespace(() -> {
            var messages = new MessageBuilder();
            try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                LinkMessages.make(messages.clear(), bridge("br0"));
                assertThat(socket.send(messages)).extracting(Reply::errno).containsExactly(0);
                int index = link(socket, messages, "br0").orElseThrow().index();
                LinkMessages.mtu(messages.clear(), index, 1400); // the one that it keeps
                LinkMessages.alias(messages, index, "cnm4j x");
                assertThat(socket.send(messages)).allMatch(Reply::ok);
                assertThat(link(socket, messages, "br0"))
                        .contains(new LinkFacts(
                                "br0",
                                index,
                                "bridge",
                                1400,
                                Optional.of(MacAddress.parse("02:00:00:00:00:01")),
                                "cnm4j x",
                                true));
            }
        });
    }

    @Test
    void makingWhatExistsIsRefusedAndSaidSo() {
        inFreshNamespace(() -> {
            var messages = new MessageBuilder();
            try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                LinkMessages.make(messages.clear(), bridge("br0"));
                LinkMessages.make(messages, bridge("br0"));
                assertThat(socket.send(messages)).extracting(Reply::errno).containsExactly(0, EEXIST);
            }
        });
    }

    @Test
    void aPairSitsInItsBridgeWithAddressesAndRoutesAndGoes() {
        inFreshNamespace(() -> {
            var messages = new MessageBuilder();
            int here = LibC.CALLS.open("/proc/thread-self/ns/net", 0x80000, 0);
            try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                LinkMessages.make(messages.clear(), bridge("br0"));
                assertThat(socket.send(messages)).allMatch(Reply::ok);
                int master = link(socket, messages, "br0").orElseThrow().index();
                var port = new LinkSpec.BridgePort("br0", true, true);
                var peer = new LinkSpec.Peer(
                        NamespaceRef.HOST, "eth0", Optional.of(MacAddress.parse("02:00:00:00:00:02")));
                var veth = new LinkSpec.Veth("veth0", 1400, Optional.of(port), "cnm4j 0123456789ab test", peer);
                LinkMessages.make(messages.clear(), veth, master, here);
                assertThat(socket.send(messages)).allMatch(Reply::ok);
                LinkFacts inside = link(socket, messages, "eth0").orElseThrow();
                assertThat(inside.mac()).contains(MacAddress.parse("02:00:00:00:00:02"));
                int outside = link(socket, messages, "veth0").orElseThrow().index();

                LinkMessages.port(messages.clear(), outside, port);
                LinkMessages.up(messages, inside.index());
                AddressMessages.add(messages, inside.index(), IpPrefix.parse("10.1.0.2/16"));
                AddressMessages.add(messages, inside.index(), IpPrefix.parse("fd00:1::2/64"));
                AddressMessages.add(
                        messages,
                        inside.index(),
                        RouteSpec.defaultVia(IpAddress.parse("10.1.0.1"), "eth0"),
                        AddressMessages.BY_HAND);
                AddressMessages.add(
                        messages,
                        inside.index(),
                        RouteSpec.defaultVia(IpAddress.parse("fd00:1::1"), "eth0"),
                        AddressMessages.BY_HAND);
                AddressMessages.add(
                        messages,
                        inside.index(),
                        RouteSpec.defaultVia(IpAddress.parse("10.1.0.1"), "eth0"),
                        AddressMessages.BY_HAND);
                List<Reply> replies = socket.send(messages);
                assertThat(replies).extracting(Reply::errno).containsExactly(0, 0, 0, 0, 0, 0, EEXIST);
                assertThat(link(socket, messages, "eth0").orElseThrow().up()).isTrue();

                LinkMessages.cutOff(messages.clear(), outside);
                AddressMessages.delete(
                        messages,
                        inside.index(),
                        RouteSpec.defaultVia(IpAddress.parse("10.1.0.1"), "eth0"),
                        AddressMessages.BY_HAND);
                AddressMessages.delete(messages, inside.index(), IpPrefix.parse("fd00:1::2/64"));
                LinkMessages.delete(messages, outside);
                assertThat(socket.send(messages)).extracting(Reply::errno).containsOnly(0);
                assertThat(link(socket, messages, "eth0")).isEmpty();
            } finally {
                LibC.CALLS.close(here);
            }
        });
    }
}
