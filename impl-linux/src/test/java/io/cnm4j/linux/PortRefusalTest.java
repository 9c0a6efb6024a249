package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.linux.netns.Namespaces;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a port of the host, and who does not; *33, *34, *57. */
class PortRefusalTest {
    @TempDir
    Path directory;

    private static List<PortMapping> publish(Network network, Sandbox sandbox, String... ports) {
        EndpointRequest.Builder request = EndpointRequest.builder().name(sandbox.containerId());
        for (String port : ports) {
            request.addPublish(PublishedPort.parse(port));
        }
        return network.connect(sandbox, request.build()).inspect().ports();
    }

    private static void refused(
            Network network, Sandbox sandbox, Class<? extends CnmException> type, String port, String... words) {
        String before = TestNetns.inHere("nft", "--stateless", "list", "ruleset");
        assertThatThrownBy(() -> publish(network, sandbox, port))
                .as(port)
                .isInstanceOf(type)
                .hasMessageContainingAll(words);
        assertThat(TestNetns.inHere("nft", "--stateless", "list", "ruleset")).isEqualTo(before);
        assertThat(sandbox.endpoints()).isEmpty();
    }

    @KernelTest // BP-05, BP-07
    void aPortHasOneOwner() {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            Network web = lab.network("web");
            publish(web, lab.sandbox("first"), "8001:80", "127.0.0.1:8002:80");
            Sandbox second = lab.sandbox("second");
            for (String taken : List.of("8001:81", "0.0.0.0:8001:81", "[::]:8001:81", "127.0.0.1:8001:81", "8002:80")) {
                refused(
                        web,
                        second,
                        PortInUseException.class,
                        taken,
                        "failed: port is already allocated",
                        "endpoint 'first'");
            }
            refused(web, second, PortInUseException.class, "8000-8003:8000-8003", "8001", "endpoint 'first'");
            List<PortMapping> mappings =
                    publish(web, second, "8001:80/udp", "127.0.0.2:8002:80", "8001-8003:81", "[::1]:8002:80");
            assertThat(mappings)
                    .extracting(PortMapping::toString)
                    .containsExactly(
                            "0.0.0.0:8001:80/udp",
                            "[::]:8001:80/udp",
                            "127.0.0.2:8002:80/tcp",
                            "0.0.0.0:8003:81/tcp",
                            "[::]:8003:81/tcp",
                            "[::1]:8002:80/tcp");
        }
    }

    @KernelTest // BP-08, *34
    void anotherProgramsPortIsNamedAndOursIsOurs() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory);
                ServerSocket theirs = Namespaces.visit(TestNetns.here(), () -> new ServerSocket(8001))) {
            Network web = lab.network("web");
            Sandbox server = lab.sandbox("server");
            refused(
                    web,
                    server,
                    PortInUseException.class,
                    "8001:80",
                    "process " + ProcessHandle.current().pid());
            assertThat(publish(web, server, "8001-8009:80", "8002:80/udp")
                            .get(0)
                            .ports()
                            .first())
                    .as("the first free one")
                    .isEqualTo(8002);
            assertThatThrownBy(() -> Namespaces.visit(TestNetns.here(), () -> {
                        try (var socket = new ServerSocket()) { // one that is not bound is open, too
                            socket.setReuseAddress(true);
                            socket.bind(new InetSocketAddress("0.0.0.0", 8002));
                            return socket;
                        }
                    }))
                    .hasMessageContaining("in use");
            assertThatThrownBy(() -> Namespaces.visit(TestNetns.here(), () -> new DatagramSocket(8002)))
                    .hasMessageContaining("in use");
            server.delete();
            Namespaces.visit(TestNetns.here(), () -> new ServerSocket(8002)).close();
        }
    }

    @KernelTest
    void badInputChangesNothing() {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            Network web = lab.network("web");
            Sandbox server = lab.sandbox("server");
            for (String wrong : List.of(
                    "0",
                    "65536",
                    "80:65536",
                    "-1:80",
                    "9-8:80",
                    "8000-8001:80-82",
                    "80/icmp",
                    "a:80",
                    "1.2.3:8001:80",
                    "::1:8001:80",
                    "[127.0.0.1]:1:80",
                    "224.0.0.1:1:80",
                    "",
                    "8001:",
                    "1:2:3:4",
                    "80-90:x/tcp")) {
                refused(web, server, InvalidRequestException.class, wrong, "published port '" + wrong + "'");
            }
            refused(web, server, InvalidRequestException.class, "192.0.2.77:8001:80", "192.0.2.77", "not an address");
            Network inner = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("inner")
                            .internal(true)
                            .build());
            refused(inner, server, InvalidRequestException.class, "8001:80", "inner", "internal"); // BP-14
            Network six = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("six")
                            .ipv4(false)
                            .ipv6(true)
                            .build());
            refused(six, server, UnsupportedException.class, "127.0.0.1:8001:80", "no IPv4 address"); // BP-03
        }
    }

    @KernelTest
    void wishesOfValuesAreRefusedLikeThoseOfText() throws Exception {
        assertThatThrownBy(() -> new PortRange(0, 1)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> new PortRange(1, 65536)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> new PortRange(9, 8)).isInstanceOf(InvalidRequestException.class);
        ContainerPorts three = ContainerPorts.parse("80-82");
        assertThatThrownBy(() -> new PublishedPort(Optional.empty(), Optional.of(PortRange.parse("8000-8001")), three))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("8000-8001", "80-82");
        try (var loopback = new Loopback();
                var lab = new Lab(directory);
                var theirs = Namespaces.visit(TestNetns.here(), () -> new DatagramSocket(8002))) {
            Network web = lab.network("web");
            Sandbox server = lab.sandbox("server");
            refused(
                    web,
                    server,
                    InvalidRequestException.class,
                    "[2001:db8::77]:8001:80",
                    "2001:db8::77",
                    "not an address");
            refused(
                    web,
                    server,
                    PortInUseException.class,
                    "8002:80/udp",
                    "process " + ProcessHandle.current().pid());
            publish(web, lab.sandbox("first"), "8003:80/udp");
            refused(web, server, ExhaustedException.class, "8002-8003:80/udp", "8002-8003"); // BP-06
            assertThatThrownBy(() -> publish(web, server, "8004:80", "8005:80", "8004:81"))
                    .as("one request wants a port twice")
                    .isInstanceOf(PortInUseException.class)
                    .hasMessageContaining("8004");
            assertThat(publish(web, server, "8004:80", "8005:80"))
                    .hasSize(4); // what was taken before the refusal is free
        }
    }

    @KernelTest
    void whatANetworkCannotPublishIsRefused() {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            Sandbox server = lab.sandbox("server");
            Network none = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("nothing")
                            .driver("none")
                            .build());
            refused(none, server, UnsupportedException.class, "8001:80", "'nothing'", "leave them out");
            Network relayed = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("relayed")
                            .putOptions("cnm4j.bridge.host_input_policy", "true")
                            .build());
            refused(
                    relayed,
                    server,
                    InvalidRequestException.class,
                    "8001:80/sctp",
                    "'relayed'",
                    "8001:80/sctp",
                    "leave it out");
        }
    }

    @KernelTest // pain 12
    void sixtyFourAtATimeAllGetTheirPort() {
        try (var lab = new Lab(directory)) {
            Network web = lab.network("web");
            List<Sandbox> sandboxes =
                    IntStream.range(0, 64).mapToObj(i -> lab.sandbox("c" + i)).toList();
            List<Integer> ports = sandboxes.parallelStream()
                    .map(sandbox -> publish(web, sandbox, "80").get(0).ports().first())
                    .toList();
            assertThat(ports).doesNotHaveDuplicates().hasSize(64);
        }
    }

    @KernelTest // BP-13
    void aReopenedControllerHoldsItsPortsAgain() {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            publish(lab.network("web"), lab.sandbox("first"), "8001:80", "80/udp");
            List<PortMapping> before = lab.controller()
                    .networkByName("web")
                    .endpointByName("first")
                    .inspect()
                    .ports();
            lab.reopen();
            Network web = lab.controller().networkByName("web");
            assertThat(web.endpointByName("first").inspect().ports()).isEqualTo(before);
            assertThat(lab.controller().check()).isEmpty();
            refused(web, lab.sandbox("second"), PortInUseException.class, "8001:80", "endpoint 'first'");
            assertThatThrownBy(() -> Namespaces.visit(TestNetns.here(), () -> new ServerSocket(8001)))
                    .hasMessageContaining("in use");
        }
    }

    @KernelTest // BP-04, BP-12, GW-05
    void theHeirOfAGatewayPublishesOnTheSamePorts() {
        try (var lab = new Lab(directory)) {
            Sandbox server = lab.sandbox("server");
            Network first = lab.network("a");
            Network second = lab.network("b");
            List<PortMapping> ports = publish(first, server, "80", "8001:81");
            assertThat(publish(second, server, "80", "8001:81")).isEmpty();
            first.endpointByName("server").disconnect();
            assertThat(second.endpointByName("server").inspect().ports()).containsExactlyElementsOf(ports);
            assertThat(lab.controller().check()).isEmpty();
        }
    }
}
