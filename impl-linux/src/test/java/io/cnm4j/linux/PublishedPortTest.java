package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Published ports, with packets. */
class PublishedPortTest {
    private static final String HOST4 = "192.0.2.1";
    private static final String HOST6 = "2001:db8::1";

    @TempDir
    Path directory;

    private static TestNetns outside(Lab lab) {
        TestNetns outside = lab.neighbour("out", HOST4 + "/24", "192.0.2.2/24");
        TestNetns.inHere("ip", "address", "add", HOST6 + "/64", "dev", "out", "nodad");
        outside.run("ip", "address", "add", "2001:db8::2/64", "dev", "eth0", "nodad");
        return outside;
    }

    private static Network dual(Lab lab, String name, int number) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name(name)
                        .ipv6(true)
                        .addSubnets(
                                SubnetRequest.of("10.20." + number + ".0/24"),
                                SubnetRequest.of("fd00:20:" + number + "::/64"))
                        .build());
    }

    private static Endpoint published(Network network, Sandbox sandbox, String... ports) {
        EndpointRequest.Builder request = EndpointRequest.builder().name(sandbox.containerId());
        for (String port : ports) {
            request.addPublish(PublishedPort.parse(port));
        }
        return network.connect(sandbox, request.build());
    }

    private static void reached(NamespaceRef from, String address, int port) throws Exception {
        assertThat(EchoServer.askTcp(from, address, port))
                .as("tcp %s %s from %s", address, port, from)
                .hasValueSatisfying(said -> assertThat(said).startsWith("web "));
        assertThat(EchoServer.askUdp(from, address, port))
                .as("udp %s %s from %s", address, port, from)
                .hasValueSatisfying(said -> assertThat(said).startsWith("web "));
    }

    @KernelTest // BP-01, BP-02, *31, *49
    void aPublishedPortIsReachedFromEverywhere() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            Network web = dual(lab, "web", 1);
            Sandbox server = lab.sandbox("web");
            Endpoint endpoint = published(web, server, "8001:80", "8001:80/udp");
            assertThat(endpoint.inspect().ports())
                    .extracting(PortMapping::toString)
                    .containsExactly(
                            "0.0.0.0:8001:80/tcp", "[::]:8001:80/tcp", "0.0.0.0:8001:80/udp", "[::]:8001:80/udp");
            Sandbox sibling = lab.connected(web, "sibling");
            Sandbox stranger = lab.connected(dual(lab, "other", 2), "stranger");
            try (EchoServer running = EchoServer.in(server, 80)) {
                for (NamespaceRef from : new NamespaceRef[] {
                    outside.ref(), TestNetns.here(), Traffic.in(sibling), Traffic.in(stranger), Traffic.in(server)
                }) {
                    reached(from, HOST4, 8001);
                    reached(from, HOST6, 8001);
                }
                reached(TestNetns.here(), "127.0.0.1", 8001);
                reached(TestNetns.here(), "::1", 8001);
                assertThat(EchoServer.askTcp(outside.ref(), HOST4, 8001))
                        .as("the client's address arrives as it is")
                        .contains("web 192.0.2.2");
            }
            endpoint.disconnect();
            assertThat(EchoServer.askTcpShortly(outside.ref(), HOST4, 8001)).isEmpty();
        }
    }

    @KernelTest // BP-03
    void ipv6ClientsReachAContainerThatHasIpv4Alone() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            Sandbox server = lab.sandbox("web");
            published(lab.network("web"), server, "8001:80", "8001:80/udp", "8010-8019:8010-8019");
            try (EchoServer running = EchoServer.in(server, 80);
                    EchoServer inRange = EchoServer.in(server, 8013)) {
                reached(outside.ref(), HOST4, 8001);
                reached(outside.ref(), HOST6, 8001);
                reached(TestNetns.here(), HOST6, 8001);
                reached(TestNetns.here(), "::1", 8001);
                assertThat(EchoServer.askTcp(outside.ref(), HOST6, 8013)).isPresent();
            }
        }
    }

    @KernelTest // BP-04, BP-12, GW-05
    void portsMoveWithTheGateway() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            Network web = dual(lab, "web", 1);
            Sandbox server = lab.sandbox("web");
            Endpoint onWeb = published(web, server, "8001:80", "8001:80/udp", "8002-8009:80");
            PortMapping chosen = onWeb.inspect().ports().get(4);
            Network inner = lab.network("inner"); // IPv4 alone
            EndpointRequest request = EndpointRequest.builder()
                    .name("web")
                    .gatewayPriority(1)
                    .addPublish(
                            PublishedPort.parse("8001:80"),
                            PublishedPort.parse("8001:80/udp"),
                            PublishedPort.parse("8002-8009:80"))
                    .build();
            try (EchoServer running = EchoServer.in(server, 80)) {
                reached(outside.ref(), HOST4, 8001);
                Endpoint onInner = inner.connect(server, request);
                assertThat(texts(onInner))
                        .containsExactly("0.0.0.0:8001:80/tcp", "0.0.0.0:8001:80/udp", chosen.toString());
                assertThat(texts(onWeb)).hasSize(3).allMatch(text -> text.startsWith("[::]:800"));
                reachedAtAll(outside);
                lab.reopen();
                reachedAtAll(outside);
                assertThat(lab.controller().check()).isEmpty();
                lab.controller()
                        .networkByName("inner")
                        .endpointById(onInner.id())
                        .disconnect();
                reachedAtAll(outside);
                assertThat(lab.controller().check()).isEmpty();
                lab.controller().networkByName("web").endpointById(onWeb.id()).disconnect();
                lab.controller().networkByName("inner").connect(lab.controller().sandboxByContainer("web"), request);
                reachedAtAll(outside);
            }
        }
    }

    private static List<String> texts(Endpoint endpoint) {
        return endpoint.inspect().ports().stream().map(PortMapping::toString).toList();
    }

    private static void reachedAtAll(TestNetns outside) throws Exception {
        reached(outside.ref(), HOST4, 8001);
        reached(outside.ref(), HOST6, 8001);
        reached(TestNetns.here(), "127.0.0.1", 8001);
        reached(TestNetns.here(), "::1", 8001);
    }

    @KernelTest // BP-12
    void aServiceThatIsMadeAnewWorksFromItsFirstDatagram() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            Network web = dual(lab, "web", 1);
            for (int i = 0; i < 3; i++) {
                Sandbox server = lab.sandbox("web" + i);
                published(web, server, "8053:53/udp", "8054-8057:8054-8057/udp");
                try (EchoServer running = EchoServer.in(server, 53);
                        EchoServer inRange = EchoServer.in(server, 8056)) {
                    assertThat(EchoServer.askUdp(outside.ref(), HOST4, 8053, 4000, 5000))
                            .contains("web" + i + " 192.0.2.2");
                    assertThat(EchoServer.askUdp(outside.ref(), HOST4, 8056, 4000, 5000))
                            .contains("web" + i + " 192.0.2.2");
                    assertThat(EchoServer.askUdp(TestNetns.here(), HOST4, 8053, 4000, 5000))
                            .isPresent();
                }
                server.delete();
                assertThat(EchoServer.askUdp(outside.ref(), HOST4, 8053, 4000, 200))
                        .as("a datagram while nobody is there, which the host remembers")
                        .isEqualTo(Optional.empty());
            }
        }
    }
}
