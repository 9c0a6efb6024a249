package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Exposure;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.driver.bridge.BridgeOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Published ports on a host where ufw, firewalld or Docker's engine has a firewall too. Pain 31. */
class OtherFirewallsTest {
    private static final String HOST = "192.0.2.1";
    private static final String BRIDGE = "shop0";

    @TempDir
    Path directory;

    private static Network network(Lab lab, boolean input) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("shop")
                        .options(BridgeOptions.builder()
                                .bridgeName(BRIDGE)
                                .hostInputPolicy(input)
                                .build()
                                .toOptions())
                        .build());
    }

    private static Endpoint publish(Network network, Sandbox sandbox, String port) {
        return network.connect(
                sandbox,
                EndpointRequest.builder()
                        .name(sandbox.containerId())
                        .addPublish(PublishedPort.parse(port))
                        .build());
    }

    private static boolean reached(TestNetns from, String address, int port) throws Exception {
        return EchoServer.askTcp(from.ref(), address, port).isPresent();
    }

    private static boolean isShut(TestNetns from, String address, int port) throws Exception {
        return EchoServer.askTcpShortly(from.ref(), address, port).isEmpty();
    }

    private static List<String> blocked(Lab lab) {
        List<Finding> findings = lab.controller().check();
        assertThat(findings).extracting(Finding::kind).containsOnly(Finding.Kind.BLOCKED);
        assertThat(findings).allMatch(Finding::affectsTraffic);
        assertThat(lab.controller().repair(findings)).isEqualTo(findings); // nobody else's table is changed
        return findings.stream().map(Finding::detail).toList();
    }

    private static List<String> doubts(Endpoint endpoint) {
        return endpoint.exposure().stream()
                .map(Exposure::doubts)
                .flatMap(List::stream)
                .toList();
    }

    private static void legacy(String rule) {
        TestNetns.inHere(("iptables-legacy " + rule).split(" "));
    }

    @KernelTest
    void whatIptablesLegacyDropsIsNamedUntilItLetsTheNetworkPass() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", HOST + "/24", "192.0.2.2/24");
            Network network = network(lab, false);
            Sandbox server = lab.sandbox("web");
            Endpoint endpoint = publish(network, server, "0.0.0.0:8001:80");
            try (EchoServer running = EchoServer.in(server, 80)) {
                assertThat(lab.controller().check()).isEmpty();
                assertThat(Files.readString(Path.of("/proc/thread-self/net/ip_tables_names")))
                        .isEmpty(); // asking makes no table
                TestNetns.Result made = TestNetns.execute(TestNetns.here(), "iptables-legacy", "-P", "FORWARD", "DROP");
                assumeTrue(made.status() == 0, () -> "no iptables-legacy here: " + made.output());
                legacy("-N CUSTOM");
                legacy("-A FORWARD -p tcp --dport 80");
                legacy("-A FORWARD -j CUSTOM");
                assertThat(isShut(outside, HOST, 8001)).isTrue();
                assertThat(doubts(endpoint)).containsExactly("ip filter FORWARD (iptables-legacy)");
                assertThat(blocked(lab))
                        .hasSize(3)
                        .anyMatch(line -> line.contains("'iptables-legacy -I FORWARD -o " + BRIDGE + " -j ACCEPT'"));
                legacy("-A CUSTOM -o shop+ -m comment --comment shop -j ACCEPT");
                legacy("-A CUSTOM -i " + BRIDGE + " -j ACCEPT");
                assertThat(doubts(endpoint)).isEmpty();
                assertThat(lab.controller().check()).isEmpty();
                assertThat(reached(outside, HOST, 8001)).isTrue();
                legacy("-I CUSTOM -j REJECT");
                assertThat(doubts(endpoint)).hasSize(1);
            }
        }
    }

    private String below(String name) {
        return directory.resolve(name).toString();
    }

    @KernelTest
    void ufwIsNamedUntilItLetsTheNetworkPass() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", HOST + "/24", "192.0.2.2/24");
            Sandbox server = lab.sandbox("web");
            Endpoint web = publish(network(lab, false), server, "0.0.0.0:8001:80");
            try (EchoServer running = EchoServer.in(server, 80);
                    EchoServer beyond = EchoServer.in("beyond", outside.ref(), 81)) {
                try (var ufw = OtherFirewall.ufw(below("ufw1"), "ufw allow 8001/tcp")) {
                    assertThat(isShut(outside, HOST, 8001)).isTrue();
                    assertThat(blocked(lab))
                            .containsExactlyInAnyOrder(
                                    "chain 'ip filter FORWARD' of another program drops what comes from 'shop0'; let it pass"
                                            + " in the terms of that program, or by 'iptables -I FORWARD -i shop0 -j ACCEPT'",
                                    "chain 'ip filter FORWARD' of another program drops what comes to published ports behind"
                                            + " 'shop0'; let it pass in the terms of that program, or by 'iptables -I FORWARD -o"
                                            + " shop0 -j ACCEPT'");
                    assertThat(doubts(web)).containsExactly("ip filter FORWARD");
                    assertThat(EchoServer.askTcpShortly(Traffic.in(server), "192.0.2.2", 81))
                            .isEmpty();
                }
                try (var ufw =
                        OtherFirewall.ufw(below("ufw2"), "ufw route allow in on shop0; ufw route allow out on shop0")) {
                    assertThat(lab.controller().check()).isEmpty();
                    assertThat(doubts(web)).isEmpty();
                    assertThat(reached(outside, HOST, 8001)).isTrue(); // though nothing allows 8001 as input
                    assertThat(EchoServer.askTcp(Traffic.in(server), "192.0.2.2", 81))
                            .isPresent();
                }
            }
        }
    }

    @KernelTest
    void inputRulesDecideWhereTheNetworkSaysSo() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", HOST + "/24", "192.0.2.2/24");
            Sandbox server = lab.sandbox("web");
            Network network = network(lab, true);
            Endpoint web = publish(network, server, "0.0.0.0:8001:80");
            publish(network, lab.sandbox("idle"), "0.0.0.0:8002:80");
            try (EchoServer running = EchoServer.in(server, 80)) {
                assertThat(reached(outside, HOST, 8001)).isTrue();
                assertThat(EchoServer.askUdp(outside.ref(), HOST, 8001)).isEmpty();
                assertThat(doubts(web)).isEmpty();
                try (var ufw = OtherFirewall.ufw(below("ufw1"), "ufw route allow in on shop0")) {
                    assertThat(isShut(outside, HOST, 8001)).isTrue();
                    assertThat(EchoServer.askTcp(TestNetns.here(), "127.0.0.1", 8001))
                            .isPresent();
                    assertThat(doubts(web)).containsExactly("ip filter INPUT");
                    assertThat(lab.controller().check()).isEmpty(); // that is what was asked for
                }
                try (var ufw = OtherFirewall.ufw(below("ufw2"), "ufw route allow in on shop0; ufw allow 8001/tcp")) {
                    assertThat(reached(outside, HOST, 8001)).isTrue();
                    assertThat(isShut(outside, HOST, 8002)).isTrue();
                }
            }
        }
    }

    @KernelTest
    void firewalldLetsInWhatIsTranslatedAndIsNamedForWhatItKeepsIn() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", HOST + "/24", "192.0.2.2/24");
            Sandbox server = lab.sandbox("web");
            Endpoint web = publish(network(lab, false), server, "0.0.0.0:8001:80");
            try (EchoServer running = EchoServer.in(server, 80);
                    EchoServer beyond = EchoServer.in("beyond", outside.ref(), 81)) {
                try (var firewalld = OtherFirewall.firewalld(below("fw1"), "firewall-cmd --state")) {
                    assertThat(reached(outside, HOST, 8001)).isTrue();
                    assertThat(doubts(web)).isEmpty();
                    assertThat(EchoServer.askTcpShortly(Traffic.in(server), "192.0.2.2", 81))
                            .isEmpty();
                    assertThat(blocked(lab))
                            .containsExactly(
                                    "chain 'inet firewalld filter_FORWARD' of another program drops what comes from"
                                            + " 'shop0'; let it pass in the terms of that program, or by 'nft insert rule inet"
                                            + " firewalld filter_FORWARD iifname shop0 accept'");
                    TestNetns.inHere("nft", "insert rule inet firewalld filter_FORWARD iifname shop0 accept");
                    assertThat(EchoServer.askTcp(Traffic.in(server), "192.0.2.2", 81))
                            .isPresent();
                    assertThat(lab.controller().check()).isEmpty();
                }
                try (var firewalld =
                        OtherFirewall.firewalld(below("fw2"), "firewall-cmd --zone=trusted --add-interface=shop0")) {
                    assertThat(EchoServer.askTcp(Traffic.in(server), "192.0.2.2", 81))
                            .isPresent();
                    assertThat(reached(outside, HOST, 8001)).isTrue();
                    assertThat(lab.controller().check()).isEmpty();
                }
            }
        }
    }

    @KernelTest
    void portsOfFirewalldDecideWhereTheNetworkSaysSo() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", HOST + "/24", "192.0.2.2/24");
            Sandbox server = lab.sandbox("web");
            Endpoint web = publish(network(lab, true), server, "0.0.0.0:8001:80");
            String trusted = "firewall-cmd --zone=trusted --add-interface=shop0";
            try (EchoServer running = EchoServer.in(server, 80)) {
                try (var firewalld = OtherFirewall.firewalld(below("fw1"), trusted)) {
                    assertThat(isShut(outside, HOST, 8001)).isTrue();
                    assertThat(doubts(web)).containsExactly("inet firewalld filter_INPUT");
                }
                try (var firewalld =
                        OtherFirewall.firewalld(below("fw2"), trusted + "; firewall-cmd --add-port=8001/tcp")) {
                    assertThat(reached(outside, HOST, 8001)).isTrue();
                }
            }
        }
    }

    @KernelTest // both on one host: each keeps what it had
    void dockersRulesStayAndServeItsContainers() throws Exception {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", HOST + "/24", "192.0.2.2/24");
            TestNetns theirs = TestNetns.wired(directory, "theirs", "vtheirs", "eth0");
            try (EchoServer beyond = EchoServer.in("beyond", outside.ref(), 81);
                    var docker = OtherFirewall.docker(below("docker"))) {
                TestNetns.inHere("ip", "link", "set", "vtheirs", "master", "docker0");
                theirs.run("ip", "address", "add", "172.17.0.9/16", "dev", "eth0");
                theirs.run("ip", "route", "add", "default", "via", "172.17.0.1");
                String rules = rules();
                assertThat(rules).contains("DOCKER-USER", "-P FORWARD DROP");
                assertThat(EchoServer.askTcp(theirs.ref(), "192.0.2.2", 81)).contains("beyond " + HOST); // masqueraded

                Sandbox server = lab.sandbox("web");
                publish(network(lab, false), server, "0.0.0.0:8001:80");
                try (EchoServer running = EchoServer.in(server, 80)) {
                    assertThat(isShut(outside, HOST, 8001)).isTrue();
                    assertThat(blocked(lab)).hasSize(3).allMatch(detail -> detail.contains("'ip filter FORWARD'"));
                    assertThat(rules()).isEqualTo(rules);
                    TestNetns.inHere(
                            "iptables",
                            "-I",
                            "DOCKER-USER",
                            "-o",
                            BRIDGE,
                            "-m",
                            "conntrack",
                            "--ctstate",
                            "DNAT",
                            "-j",
                            "ACCEPT");
                    assertThat(blocked(lab)).hasSize(2).allMatch(detail -> detail.contains("what comes from 'shop0'"));
                    TestNetns.inHere("iptables", "-I", "DOCKER-USER", "-i", BRIDGE, "-j", "ACCEPT");
                    assertThat(blocked(lab)).singleElement().asString().contains("answers to what comes from 'shop0'");
                    TestNetns.inHere(
                            "iptables",
                            "-I",
                            "DOCKER-USER",
                            "-o",
                            BRIDGE,
                            "-m",
                            "conntrack",
                            "--ctstate",
                            "RELATED,ESTABLISHED",
                            "-j",
                            "ACCEPT");
                    assertThat(lab.controller().check()).isEmpty();
                    assertThat(reached(outside, HOST, 8001)).isTrue();
                    assertThat(reached(theirs, HOST, 8001)).isTrue(); // Docker's container through our port
                    assertThat(EchoServer.askTcp(Traffic.in(server), "192.0.2.2", 81))
                            .isPresent();
                    assertThat(EchoServer.askTcpShortly(theirs.ref(), Lab.address(server, Family.IPV4), 80))
                            .isEmpty();
                }
                lab.clear();
                assertThat(EchoServer.askTcp(theirs.ref(), "192.0.2.2", 81)).contains("beyond " + HOST);
                TestNetns.inHere("iptables", "-F", "DOCKER-USER");
                TestNetns.inHere("iptables", "-A", "DOCKER-USER", "-j", "RETURN");
                assertThat(rules()).isEqualTo(rules);
                TestNetns.inHere("ip", "link", "delete", "vtheirs");
            } finally {
                theirs.close();
            }
        }
    }

    private static String rules() {
        return TestNetns.inHere("iptables", "-S") + TestNetns.inHere("iptables", "-t", "nat", "-S");
    }
}
