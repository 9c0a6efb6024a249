package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.linux.dns.codec.Mutants;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Name servers where it is not easy to be one. */
class NameServerPlacesTest {
    private static final String SERVER = "127.0.0.11";
    private static final int DOMAIN = 53;
    private static final int PORT = 21053;

    @TempDir
    Path directory;

    private Lab lab;

    @BeforeEach
    void open() {
        lab = new Lab(directory);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private static String shortly(Sandbox sandbox, String name, String type) {
        return Lab.in(sandbox, "dig", "@" + SERVER, "+short", "+tries=1", "+time=3", name, type)
                .output()
                .strip();
    }

    private static String listening(Sandbox sandbox) {
        return Lab.in(sandbox, "busybox", "netstat", "-lnu").output();
    }

    @KernelTest
    void whoHasThePortsKeepsThem() throws Exception { // DNS-01, *54: port 53, and the one that the server would have
        try (TestNetns theirs = lab.neighbour("theirs", "192.0.2.1/24", "192.0.2.2/24")) {
            theirs.run("ip", "link", "set", "lo", "up");
            InetAddress at = InetAddress.getByName(SERVER);
            try (DatagramSocket domain = Namespaces.visit(theirs.ref(), () -> new DatagramSocket(DOMAIN, at));
                    DatagramSocket ours = Namespaces.visit(theirs.ref(), () -> new DatagramSocket(PORT, at))) {
                Sandbox sandbox = lab.controller()
                        .createSandbox(SandboxRequest.builder()
                                .containerId("guest")
                                .namespace(Path.of(theirs.path()))
                                .build());
                lab.network("net").connect(sandbox, EndpointRequest.named("guest"));
                assertThat(listening(sandbox)).contains(SERVER + ":53 ", SERVER + ":21053 ", SERVER + ":21054 ");
                assertThat(shortly(sandbox, "guest", "A")).isEqualTo(Lab.address(sandbox, Family.IPV4));
                assertThat(shortly(sandbox, "+tcp", "guest")).isEqualTo(Lab.address(sandbox, Family.IPV4));
                assertThat(lab.controller().check()).isEmpty();
                assertThat(domain.isBound() && ours.isBound()).isTrue();
                sandbox.delete();
            }
        }
    }

    @KernelTest
    void aSandboxWithoutIpv4FindsAndAsksToo() throws Exception { // *54 TestExtDNSInIPv6OnlyNw, pain 26, pain 41
        TestNetns outside = lab.neighbour("out", "2001:db8:1::1/64", "2001:db8:1::2/64");
        Network six = lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("six")
                        .ipv4(false)
                        .ipv6(true)
                        .addSubnets(SubnetRequest.of("fd00:6::/64"))
                        .build());
        Sandbox sandbox = lab.controller()
                .createSandbox(SandboxRequest.builder()
                        .containerId("only-six")
                        .addNameServers(IpAddress.parse("2001:db8:1::2"))
                        .build());
        six.connect(sandbox, EndpointRequest.named("web"));
        try (var upstream = new TestUpstream(
                outside.ref(), "2001:db8:1::2", query -> TestUpstream.address(query, "192.0.2.7", 60))) {
            String address = Lab.address(sandbox, Family.IPV6);
            for (Resolver resolver : Resolver.values()) {
                assertThat(resolver.find(sandbox, "web", Resolver.Type.AAAA))
                        .as(resolver.name())
                        .containsExactly(address);
                assertThat(resolver.find(sandbox, "web", Resolver.Type.A))
                        .as(resolver.name())
                        .isEmpty();
            }
            assertThat(Resolver.DIG.find(sandbox, address, Resolver.Type.PTR)).containsExactly("web.six");
            assertThat(upstream.asked).isEmpty();
            assertThat(shortly(sandbox, "example.com", "A")).isEqualTo("192.0.2.7");
        }
    }

    /** A full table drops new connections, and of questions that race for an entry some are lost. */
    @KernelTest
    void noConnectionOfASandboxIsTracked() {
        Sandbox sandbox = lab.connected(lab.network("net"), "web");
        assertThat(shortly(sandbox, "web", "A")).isEqualTo(Lab.address(sandbox, Family.IPV4));
        assertThat(shortly(sandbox, "+tcp", "web")).isEqualTo(Lab.address(sandbox, Family.IPV4));
        assertThat(Lab.in(sandbox, "cat", "/proc/sys/net/netfilter/nf_conntrack_count")
                        .output()
                        .strip())
                .isEqualTo("0");
    }

    @KernelTest
    void whileNobodyAnswersWhoAsksIsRefusedAtOnce() {
        NamespaceRef inside = Traffic.in(lab.connected(lab.network("net"), "web"));
        lab.controller().close();
        for (String way : List.of("+notcp", "+tcp")) {
            assertThat(TestNetns.execute(inside, "dig", "@" + SERVER, "+tries=1", "+time=20", way, "web")
                            .output())
                    .as(way)
                    .contains("connection refused");
        }
        lab.reopen();
    }

    @KernelTest
    void junkDoesNotEndAServer() throws Exception { // DNS-03, *36
        Sandbox sandbox = lab.connected(lab.network("net"), "web");
        var mutants = new Mutants();
        try (DatagramSocket socket = sandbox.call(() -> new DatagramSocket())) {
            socket.connect(new InetSocketAddress(SERVER, DOMAIN));
            for (long seed = 0; seed < 5_000; seed++) {
                byte[] message = mutants.next(new Random(seed));
                socket.send(new DatagramPacket(message, message.length));
            }
            socket.send(new DatagramPacket(new byte[60_000], 60_000)); // longer than any question
            socket.send(new DatagramPacket(new byte[0], 0));
        }
        for (long seed = 0; seed < 100; seed++) {
            byte[] message = mutants.next(new Random(seed));
            try (Socket socket = sandbox.call(() -> new Socket(SERVER, DOMAIN))) {
                socket.getOutputStream().write(message);
            }
        }
        assertThat(shortly(sandbox, "web", "A")).isEqualTo(Lab.address(sandbox, Family.IPV4));
        assertThat(shortly(sandbox, "+tcp", "web")).isEqualTo(Lab.address(sandbox, Family.IPV4));
    }
}
