package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.tck.FakePlugin;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Networks of a plug-in, from the request to the kernel: RN-01 to RN-13, RI-01 to RI-07, PL-07. */
class RemotePluginTest {
    private static final String JOIN = "NetworkDriver.Join";

    @TempDir
    Path directory;

    private FakePlugin plugin;
    private Lab lab;

    @BeforeEach
    void open() {
        plugin = new FakePlugin(directory.resolve("plugins/weave.sock"));
        lab = lab();
    }

    private Lab lab() {
        return new Lab(
                directory,
                KernelTap.NONE,
                config -> config.callTimeout(Duration.ofSeconds(3)).addPluginDirectories(directory.resolve("plugins")));
    }

    @AfterEach
    void close() {
        lab.close();
        plugin.close();
    }

    private Network network() {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("weave")
                        .putOptions("colour", "red")
                        .addSubnets(SubnetRequest.of("10.20.0.0/24"))
                        .build());
    }

    /** From now on a join gives one end of a pair that the plug-in makes. */
    private void offersLink() {
        TestNetns.inHere("ip", "link", "add", "plug0", "type", "veth", "peer", "name", "plug1");
        TestNetns.inHere("ip", "addr", "add", "10.20.0.1/24", "dev", "plug1");
        TestNetns.inHere("ip", "link", "set", "plug1", "up");
        plugin.does(JOIN, (body, out) -> {
            plugin.hold("joined " + FakePlugin.field(body, "EndpointID"));
            FakePlugin.write(
                    out,
                    200,
                    "{\"InterfaceName\":{\"SrcName\":\"plug0\",\"DstPrefix\":\"wv\"},\"Gateway\":\"10.20.0.1\","
                            + "\"StaticRoutes\":[{\"Destination\":\"10.30.0.0/24\",\"RouteType\":0,\"NextHop\":\"10.20.0.9\"},"
                            + "{\"Destination\":\"10.40.0.0/24\",\"RouteType\":1}]}");
        });
    }

    private static void removeLink() {
        TestNetns.inHere("ip", "link", "del", "plug1");
    }

    @KernelTest
    void anEndpointIsMadeJoinedAndHandedBack() throws Exception {
        offersLink();
        Network network = network();
        Sandbox sandbox = lab.sandbox("one");
        Endpoint endpoint = network.connect(sandbox, EndpointRequest.named("one"));

        assertThat(plugin.calls())
                .containsExactly(
                        "Plugin.Activate",
                        "NetworkDriver.GetCapabilities",
                        "NetworkDriver.CreateNetwork",
                        "NetworkDriver.CreateEndpoint",
                        JOIN,
                        "NetworkDriver.ProgramExternalConnectivity");
        assertThat(plugin.holds())
                .containsExactlyInAnyOrder(
                        "network " + network.id(),
                        "endpoint " + endpoint.id(),
                        "joined " + endpoint.id(),
                        "serving " + endpoint.id());
        plugin.says("NetworkDriver.EndpointOperInfo", "{\"Value\":{\"paint\":\"wet\"}}"); // RN-09
        assertThat(endpoint.driverInfo()).containsExactly(java.util.Map.entry("paint", "wet"));
        assertThat(endpoint.inspect().interfaceName()).contains("wv0");
        assertThat(sandbox.call(() -> NetworkInterface.getByName("wv0").isUp())).isTrue();
        assertThat(lab.controller().check()).isEmpty();
        assertThat(Traffic.echoes(Traffic.in(sandbox), "10.20.0.1")).isTrue();

        endpoint.disconnect();
        assertThat(sandbox.call(() -> NetworkInterface.getByName("wv0"))).isNull();
        TestNetns.inHere("ip", "link", "show", "plug0"); // fails if it is not there
        network.delete();
        assertThat(plugin.holds()).isEmpty();
        sandbox.delete();
        removeLink();
    }

    @KernelTest
    void aSandboxThatGoesHandsItsLinksBackFirst() throws Exception {
        offersLink();
        Network network = network();
        Sandbox sandbox = lab.sandbox("one");
        network.connect(sandbox, EndpointRequest.named("one"));
        sandbox.delete();
        TestNetns.inHere("ip", "link", "show", "plug0"); // fails if it is not there
        assertThat(plugin.holds()).containsExactly("network " + network.id());
        removeLink();
    }

    @KernelTest
    void anAnswerThatMakesNoSenseIsTakenBack() {
        Network network = network();
        Sandbox sandbox = lab.sandbox("one");
        for (String wrong : List.of(
                "{\"Gateway\":\"everywhere\"}",
                "{\"GatewayIPv6\":7}",
                "{\"StaticRoutes\":[{\"Destination\":\"10.0.0.1/24\"}]}",
                "{\"StaticRoutes\":[{\"Destination\":\"10.0.0.0/24\",\"RouteType\":9}]}",
                "{\"InterfaceName\":{\"SrcName\":\"a/b\",\"DstPrefix\":\"eth\"}}",
                "{\"InterfaceName\":{\"SrcName\":\"missing0\",\"DstPrefix\":\"eth\"}}",
                "{\"Err\":\"no paint\"}")) {
            plugin.does(JOIN, (body, out) -> {
                plugin.hold("joined " + FakePlugin.field(body, "EndpointID"));
                FakePlugin.write(out, 200, wrong);
            });
            assertThatThrownBy(() -> network.connect(sandbox, EndpointRequest.named("one")))
                    .as(wrong)
                    .isInstanceOf(io.cnm4j.api.error.CnmException.class);
            assertThat(plugin.holds()).as(wrong).containsExactly("network " + network.id());
            assertThat(network.endpoints()).isEmpty();
        }
        assertThat(lab.controller().check()).isEmpty();
    }

    @KernelTest
    void aPluginMayFillWhatIsNotSetAndChangesNothing() {
        Network network = network();
        plugin.does("NetworkDriver.CreateEndpoint", (body, out) -> {
            plugin.hold("endpoint " + FakePlugin.field(body, "EndpointID"));
            FakePlugin.write(
                    out, 200, "{\"Interface\":{\"AddressIPv6\":\"fd00::5/64\",\"MacAddress\":\"02:00:00:00:00:05\"}}");
        });
        Endpoint endpoint = network.createEndpoint(EndpointRequest.named("one"));
        assertThat(endpoint.inspect().addresses()).hasSize(2);
        endpoint.delete();

        plugin.does("NetworkDriver.CreateEndpoint", (body, out) -> {
            plugin.hold("endpoint " + FakePlugin.field(body, "EndpointID"));
            FakePlugin.write(out, 200, "{\"Interface\":{\"Address\":\"10.20.0.77/24\"}}");
        });
        assertThatThrownBy(() -> network.createEndpoint(EndpointRequest.named("two")))
                .isInstanceOf(PluginException.class)
                .hasMessageContainingAll("weave", "10.20.0.77", "only what is not set");
        assertThat(plugin.holds()).containsExactly("network " + network.id());
    }

    @KernelTest
    void aPluginThatHangsCostsItsOwnCallersTheirDeadlineAndNobodyElseAnything() {
        Network network = network();
        plugin.hangs(JOIN);
        Sandbox sandbox = lab.sandbox("one");
        var impatient = lab.controller().within(Duration.ofMillis(300));
        assertThatThrownBy(() -> impatient.networkByName("net").connect(sandbox, EndpointRequest.named("one")))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContainingAll("weave", JOIN);
        lab.connected(lab.network("other"), "two");
        awaitNoFinding();
        assertThat(plugin.holds()).containsExactly("network " + network.id());
    }

    @KernelTest
    void anIpamPluginThatHangsCostsItsCallersNoMoreThanTheirDeadline() {
        Network network = lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("bridge")
                        .ipam("weave")
                        .build());
        var hung = List.of("IpamDriver.RequestAddress", "IpamDriver.RequestPool", "IpamDriver.ReleaseAddress");
        hung.forEach(plugin::hangs);
        var impatient = lab.controller().within(Duration.ofMillis(300));
        Deadline muchLater = Deadline.after(Duration.ofSeconds(3)); // the controller's own limit
        assertThatThrownBy(() -> impatient.networkByName("net").createEndpoint(EndpointRequest.named("one")))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContainingAll("weave", "IpamDriver.RequestAddress");
        assertThatThrownBy(() -> impatient.createNetwork(NetworkRequest.builder()
                        .name("other")
                        .driver("bridge")
                        .ipam("weave")
                        .build()))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContainingAll("weave", "IpamDriver.RequestPool");
        assertThat(muchLater.isOver()).isFalse();
        hung.forEach(plugin::recovers);
        awaitNoFinding();
        assertThat(network.endpoints()).isEmpty();
    }

    @KernelTest
    void openingDoesNotWaitForAPluginThatHangs() {
        network();
        for (String method : List.of("Plugin.Activate", "NetworkDriver.GetCapabilities", "NetworkDriver.Leave")) {
            plugin.hangs(method);
        }
        plugin.forgetCalls();
        lab.reopen();
        assertThat(lab.controller().networks()).hasSize(1);
        assertThat(plugin.calls()).isEmpty();
        for (String method : List.of("Plugin.Activate", "NetworkDriver.GetCapabilities", "NetworkDriver.Leave")) {
            plugin.recovers(method);
        }
    }

    @KernelTest
    void networksOfADeadPluginAreListedNamedAndRemovedByForce() throws Exception {
        Network network = network();
        Endpoint endpoint = network.createEndpoint(EndpointRequest.named("one"));
        plugin.close();
        lab.reopen();
        Network there = lab.controller().networkByName("net");
        assertThat(there.endpoints()).extracting(Endpoint::id).containsExactly(endpoint.id());
        assertThat(lab.controller().check())
                .extracting(Finding::kind, Finding::subject)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Finding.Kind.OUTSIDE, "network " + network.id()));
        assertThatThrownBy(() -> there.endpointByName("one").delete()).hasMessageContaining("weave");
        there.deleteByForce();
        assertThat(lab.controller().networks()).isEmpty();
        assertThat(lab.controller().check()).isEmpty();
    }

    @KernelTest
    void aPluginThatIsNotThereAndADryRunAreRefused() {
        assertThatThrownBy(() -> lab.controller()
                        .createNetwork(NetworkRequest.builder()
                                .name("x")
                                .driver("nobody")
                                .build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContainingAll("nobody", "bridge", "macvlan", "weave");
        assertThatThrownBy(() -> lab.controller()
                        .dryRun()
                        .createNetwork(NetworkRequest.builder()
                                .name("x")
                                .driver("weave")
                                .build()))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("weave");
        assertThat(lab.controller().networks()).isEmpty();
    }

    @KernelTest
    void addressesOfARemoteIpamAreAskedForAndGivenBack() {
        Network network = lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("bridge")
                        .ipam("weave")
                        .build());
        Sandbox sandbox = lab.connected(network, "one");
        assertThat(plugin.holds())
                .containsExactlyInAnyOrder("pool p-10.99.0.0/24", "address 10.99.0.1", "address 10.99.0.2");
        lab.reopen();
        assertThat(lab.controller().check()).isEmpty();
        Network again = lab.controller().networkByName("net");
        again.endpointByName("one").disconnect();
        lab.controller().sandboxById(sandbox.id()).delete();
        again.delete();
        assertThat(plugin.holds()).containsExactly("address 10.99.0.1"); // the gateway goes with its pool
    }

    private void awaitNoFinding() {
        Deadline end = Deadline.after(Duration.ofSeconds(20));
        while (!lab.controller().check().isEmpty()) {
            end.check("the controller to settle what was interrupted: "
                    + lab.controller().check());
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
