package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.FileOp.WriteFile;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;

/** A plan typed line by line into a shell makes the host that the executor makes, and its removal leaves nothing either. */
class TypedPlanTest {
    private static final SubnetRequest IPV4 = SubnetRequest.of("10.20.0.0/24");
    private static final SubnetRequest IPV6 = SubnetRequest.of("fd00:20::/64");

    @TempDir
    Path directory;

    private static NetworkRequest.Builder request() {
        return NetworkRequest.builder().name("web").id(new NetworkId("5e".repeat(32)));
    }

    private static NetworkRequest.Builder dualStack(BridgeOptions.Builder options) {
        return request()
                .ipv6(true)
                .addSubnets(IPV4, IPV6)
                .options(options.build().toOptions());
    }

    @KernelTest
    void dualStackWithMasquerade() throws Exception {
        typedIsApplied(dualStack(BridgeOptions.builder()).build());
    }

    @KernelTest
    void ipv4Alone() throws Exception {
        typedIsApplied(request().addSubnets(IPV4).build());
    }

    @KernelTest
    void ipv6Alone() throws Exception {
        typedIsApplied(request().ipv4(false).ipv6(true).addSubnets(IPV6).build());
    }

    @KernelTest
    void internal() throws Exception {
        typedIsApplied(dualStack(BridgeOptions.builder()).internal(true).build());
    }

    @KernelTest
    void containersApart() throws Exception {
        typedIsApplied(dualStack(BridgeOptions.builder().icc(false)).build());
    }

    @KernelTest
    void givenSourceAddress() throws Exception {
        typedIsApplied(dualStack(BridgeOptions.builder()
                        .hostIpv4(io.cnm4j.api.model.IpAddress.parse("192.0.2.9"))
                        .hostIpv6(io.cnm4j.api.model.IpAddress.parse("2001:db8::9")))
                .build());
    }

    @KernelTest
    void ownNamesAndMtu() throws Exception {
        typedIsApplied(dualStack(BridgeOptions.builder()
                        .bridgeName("br.web-1")
                        .mtu(1400)
                        .interfacePrefix("net")
                        .masquerade(false))
                .build());
    }

    @KernelTest
    void bridgeOfTheUser() throws Exception {
        TestNetns.inHere("ip", "link", "add", "br-user", "address", "02:00:00:00:00:01", "type", "bridge");
        TestNetns.inHere("ip", "address", "add", "10.20.0.1/24", "dev", "br-user");
        typedIsApplied(request()
                .addSubnets(IPV4)
                .options(BridgeOptions.builder().bridgeName("br-user").build().toOptions())
                .build());
        TestNetns.inHere("ip", "link", "delete", "br-user");
    }

    private void typedIsApplied(NetworkRequest request) throws Exception {
        Plan plan = plan(request);
        NamespaceRef inside = sandbox(plan);
        try (var subject = new KernelSubject(directory)) {
            Supplier<List<String>> sinceEmpty = subject.remember();
            TestNetns.inHere("sh", "-ec", String.join("\n", plan.render()));
            assertThat(subject.executor().check(plan, soon()))
                    .as("what the executor misses")
                    .allMatch(difference -> difference.op() instanceof ServeNames); // its process is not typed
            Map<String, String> typed = facts(plan, inside);
            TestNetns.inHere("sh", "-ec", String.join("\n", plan.renderRemoval()));
            assertThat(sinceEmpty.get()).as("after %s", plan.renderRemoval()).isEmpty();

            subject.executor().apply(plan, soon());
            Map<String, String> applied = facts(plan, inside);
            assertThat(applied.keySet()).isEqualTo(typed.keySet());
            assertSoftly(softly -> applied.forEach(
                    (what, fact) -> softly.assertThat(fact).as(what).isEqualTo(typed.get(what))));
            subject.executor().remove(plan, soon());
            assertThat(sinceEmpty.get()).as("after remove").isEmpty();
        }
    }

    /** Returns network, sandbox and attachment, each as a dry run tells it while the ones before it are there. */
    private Plan plan(NetworkRequest request) {
        var sandboxRequest = SandboxRequest.builder()
                .containerId("one")
                .id(new SandboxId("5b".repeat(32)))
                .hostname("one")
                .build();
        try (var lab = new Lab(directory.resolve("lab"))) {
            Plan plan = lab.controller().dryRun().createNetwork(request).plan();
            Network network = lab.controller().createNetwork(request);
            plan = plan.then(
                    lab.controller().dryRun().createSandbox(sandboxRequest).plan());
            Sandbox sandbox = lab.controller().createSandbox(sandboxRequest);
            Plan connect = lab.controller()
                    .dryRun()
                    .connect(network, sandbox, EndpointRequest.named("one"))
                    .plan();
            return plan.filter(op -> !isFileOf(connect, op)).then(connect);
        }
    }

    private static boolean isFileOf(Plan plan, KernelOp op) {
        return op instanceof WriteFile && plan.claims().contains(op.claim().orElseThrow());
    }

    private static NamespaceRef sandbox(Plan plan) {
        return plan.ops().stream()
                .map(op -> op.namespace())
                .filter(namespace -> !namespace.isHost())
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> facts(Plan plan, NamespaceRef inside) throws IOException {
        Map<String, String> facts = HostFacts.of(TestNetns.here(), inside);
        for (var op : plan.ops()) {
            if (op instanceof WriteFile write) {
                Path file = Path.of(write.path());
                facts.put(
                        write.path(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + "\n"
                                + Files.readString(file));
            }
        }
        return facts;
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }
}
