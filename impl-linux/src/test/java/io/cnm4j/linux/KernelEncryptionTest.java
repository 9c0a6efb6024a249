package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.linux.host.LinuxHostView;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.tck.Waiting;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Encrypted networks where the kernel has ESP; {@link EncryptedOverlayTest} says what holds whoever encrypts. On a kernel without it:
 * {@code .ci/test-other-kernel uml}. OV-18 to OV-21
 */
@Tag("kernel")
class KernelEncryptionTest extends FreshCluster {

    @BeforeEach
    void needsEsp() {
        try (var workers = new NamespaceWorkers(Path.of("/proc/thread-self/ns/net"))) {
            var host = new LinuxHostView(workers, Path.of("/etc/resolv.conf"));
            assumeTrue(
                    host.has(KernelFeature.ESP) && host.has(KernelFeature.ESP6),
                    "this kernel has no ESP: .ci/test-other-kernel uml " + KernelEncryptionTest.class.getName());
        }
    }

    private static void network(Underlay.Host host) {
        host.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("overlay")
                        .internal(true)
                        .putOptions("encrypted", "")
                        .build());
    }

    private static Sandbox joined(Underlay.Host host, String container) {
        Waiting.until(() -> !host.controller().networks().isEmpty());
        Sandbox sandbox = host.controller().createSandbox(SandboxRequest.forContainer(container));
        host.controller().networkByName("net").connect(sandbox, EndpointRequest.named(container));
        return sandbox;
    }

    private static boolean reaches(Sandbox from, Sandbox to) {
        String address = Lab.address(to, Family.IPV4);
        Waiting.until(() -> !Traffic.isSilent(Traffic.in(from), address), Duration.ofSeconds(20));
        return Lab.reaches(from, address);
    }

    private static String states(Underlay.Host host) {
        return host.namespace().run("ip", "xfrm", "state", "list");
    }

    private static String policies(Underlay.Host host) {
        return host.namespace().run("ip", "xfrm", "policy", "list");
    }

    @ParameterizedTest(name = "IPv6 underlay: {0}")
    @ValueSource(booleans = {false, true})
    void hostsWhoseKernelEncryptsAndHostsWhoseProcessDoesAreOnOneNetwork(boolean ipv6) {
        var number = new AtomicInteger();
        try (var underlay = new Underlay(
                directory,
                store,
                3,
                ipv6,
                config -> config.keyLife(Duration.ofSeconds(2)).kernelEncryption(number.incrementAndGet() != 2))) {
            network(underlay.host(1));
            Sandbox a = joined(underlay.host(1), "a");
            Sandbox b = joined(underlay.host(2), "b");
            Sandbox c = joined(underlay.host(3), "c");
            for (Sandbox from : List.of(a, b, c)) {
                for (Sandbox to : List.of(a, b, c)) {
                    assertThat(reaches(from, to)).isTrue();
                }
            }
            assertThat(states(underlay.host(1))).contains("rfc4106(gcm(aes))", "encap type espinudp sport 4500");
            assertThat(states(underlay.host(2))).isEmpty();
            int mtu = ipv6 ? 1388 : 1408;
            assertThat(Traffic.passesWhole(Traffic.in(a), Lab.address(b, Family.IPV4), mtu))
                    .isTrue();
            assertThat(Traffic.passesWhole(Traffic.in(b), Lab.address(c, Family.IPV4), mtu))
                    .isTrue();
            for (Sandbox to : List.of(b, c)) { // the key changes meanwhile, more than once
                assertThat(Lab.in(
                                        a,
                                        "ping",
                                        "-n",
                                        "-q",
                                        "-c",
                                        "600",
                                        "-i",
                                        "0.01",
                                        "-W",
                                        "2",
                                        Lab.address(to, Family.IPV4))
                                .output())
                        .contains("600 packets transmitted, 600 received, 0% packet loss");
            }
            for (int i = 1; i <= 3; i++) {
                assertThat(underlay.host(i).controller().check()).isEmpty();
            }
            List.of(a, b, c).forEach(sandbox -> sandbox.delete());
            for (int i = 1; i <= 3; i++) {
                assertThat(states(underlay.host(i)) + policies(underlay.host(i)))
                        .isEmpty();
            }
        }
    }

    @Test // OV-21
    void whatIsBrokenIsFoundAndRepairedAndNothingLeavesInTheClearMeanwhile() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            network(one);
            Sandbox a = joined(one, "a");
            Sandbox b = joined(underlay.host(2), "b");
            assertThat(reaches(a, b)).isTrue();
            one.namespace().run("ip", "xfrm", "state", "flush");
            assertThat(Traffic.isSilent(Traffic.in(a), Lab.address(b, Family.IPV4)))
                    .isTrue();
            mended(one, "the kernel lacks 2 keys");
            assertThat(reaches(a, b)).isTrue();
            one.namespace().run("ip", "xfrm", "policy", "flush");
            mended(one, "a policy is missing");
            assertThat(reaches(b, a)).isTrue();
            String made = policies(one);
            assertThat(made).contains("dport 4501", "dir in", "dir out");
            var op = new KernelOp.SealPort(
                    NamespaceRef.HOST,
                    IpAddress.parse(one.address()),
                    4500,
                    4501,
                    Mark.of(one.controller().id(), "overlays"));
            op.renderRemoval().forEach(line -> one.namespace().run("sh", "-c", line));
            assertThat(states(one) + policies(one)).isEmpty();
            op.render().forEach(line -> one.namespace().run("sh", "-c", line));
            assertThat(policies(one)).as("what an operator typed").isEqualTo(made);
        }
    }

    @Test
    void theWatchClosesWhatSomebodyOpensAtOnce() {
        try (var underlay = new Underlay(directory, store, 1, false);
                var host = underlay.wired(2);
                var lab = new Lab(
                        directory,
                        KernelTap.NONE,
                        config -> config.cluster(underlay.cluster(2)).watch(true),
                        host.ref())) {
            lab.othersHaveSockets();
            network(underlay.host(1));
            Sandbox a = joined(underlay.host(1), "a");
            Waiting.until(() -> !lab.controller().networks().isEmpty());
            Sandbox b = lab.sandbox("b");
            lab.controller().networkByName("net").connect(b, EndpointRequest.named("b"));
            assertThat(reaches(b, a)).isTrue();
            for (String what : List.of("policy", "state")) {
                long before = entries(host, what);
                host.run("ip", "xfrm", what, "flush");
                Waiting.until(() -> entries(host, what) == before);
                assertThat(entries(host, what)).isEqualTo(before);
            }
            assertThat(reaches(b, a)).isTrue();
            lab.controller().sandboxes().forEach(sandbox -> sandbox.delete());
            a.delete();
            lab.controller().networkByName("net").delete();
        }
    }

    private static long entries(TestNetns host, String what) {
        return host.run("ip", "xfrm", what, "list")
                .lines()
                .filter(line -> line.startsWith("src"))
                .count();
    }

    private static void mended(Underlay.Host host, String expected) {
        List<Finding> findings = host.controller().check();
        assertThat(findings).anySatisfy(finding -> assertThat(finding.detail()).contains(expected));
        assertThat(host.controller().repair(findings)).isEmpty();
        assertThat(host.controller().check()).isEmpty();
    }

    @Test // OV-21, RS-06
    void whatAProcessLeftIsUsedByTheNextOrGoesWithIt() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            network(one);
            Sandbox a = joined(one, "a");
            joined(underlay.host(2), "b");
            Waiting.until(() ->
                    states(one).lines().filter(line -> line.startsWith("src")).count() == 2);
            String before = states(one);
            one.goAway();
            assertThat(states(one)).isEqualTo(before);
            one.comeBack();
            Sandbox again = one.controller().sandboxByContainer("a");
            assertThat(reaches(again, underlay.host(2).controller().sandboxByContainer("b")))
                    .isTrue();
            assertThat(states(one).lines().filter(line -> line.startsWith("src")))
                    .hasSize(2);
            assertThat(states(one)).isNotEqualTo(before); // counting began anew, so did the keys
            again.delete();
            assertThat(states(one) + policies(one)).isEmpty();
            assertThat(a.id()).isEqualTo(again.id());
        }
    }

    @Test
    void whereTheProcessEncryptsOneNetworkItEncryptsTheNextToo() {
        var kernel = new AtomicBoolean();
        try (var underlay = new Underlay(directory, store, 1, false, config -> config.kernelEncryption(kernel.get()))) {
            Underlay.Host one = underlay.host(1);
            network(one);
            joined(one, "a");
            one.goAway();
            kernel.set(true);
            one.comeBack();
            Network next = one.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("next")
                            .driver("overlay")
                            .internal(true)
                            .putOptions("encrypted", "")
                            .build());
            next.connect(one.controller().sandboxByContainer("a"), EndpointRequest.named("b"));
            assertThat(policies(one)).isEmpty();
            assertThat(one.controller().check()).isEmpty();
            one.controller().sandboxByContainer("a").delete();
            joined(one, "c");
            assertThat(policies(one)).contains("dport 4501");
        }
    }

    @Test // OV-25
    void whatIsInTheWayIsNamedAndStays() throws Exception {
        try (var underlay = new Underlay(directory, store, 1, false)) {
            Underlay.Host one = underlay.host(1);
            network(one);
            String[] foreign = {
                "ip",
                "xfrm",
                "policy",
                "add",
                "src",
                "10.77.0.1",
                "proto",
                "udp",
                "dport",
                "4501",
                "dir",
                "out",
                "action",
                "block"
            };
            one.namespace().run(foreign);
            String before = policies(one);
            assertThatThrownBy(() -> joined(one, "a"))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll("policy of IPsec", "4501", "10.77.0.1");
            assertThat(policies(one)).isEqualTo(before);
            assertThat(states(one)).isEmpty();
            one.namespace().run("ip", "xfrm", "policy", "flush");
            one.controller().sandboxByContainer("a").delete();
            var taken = new InetSocketAddress("10.77.0.1", 4500);
            try (DatagramSocket daemon = Namespaces.visit(one.namespace().ref(), () -> new DatagramSocket(taken))) {
                assertThat(daemon.isBound()).isTrue();
                assertThatThrownBy(() -> joined(one, "a"))
                        .isInstanceOf(KernelException.class)
                        .hasMessageContainingAll("4500", "choose another encrypted port");
            }
            assertThat(states(one) + policies(one)).isEmpty();
            assertThat(one.present()).isEmpty();
        }
    }
}
