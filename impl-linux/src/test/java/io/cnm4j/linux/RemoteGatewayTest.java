package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.tck.FakePlugin;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Which way sandboxes on a plug-in's network have to the outside: GW-05 to GW-09, DR-08, RN-10, RN-12, RN-13. */
class RemoteGatewayTest {
    private static final String JOIN = "NetworkDriver.Join";
    private static final String PROGRAM = "NetworkDriver.ProgramExternalConnectivity";
    private static final String REVOKE = "NetworkDriver.RevokeExternalConnectivity";
    private static final String GATEWAY_NETWORK = "cnm_gateway";

    @TempDir
    Path directory;

    private FakePlugin plugin;
    private Lab lab;
    private final List<String> told = new CopyOnWriteArrayList<>(); // bodies of PROGRAM

    @BeforeEach
    void open() {
        plugin = new FakePlugin(directory.resolve("plugins/weave.sock"));
        plugin.does(PROGRAM, (body, out) -> {
            told.add(body);
            plugin.normal(PROGRAM, body, out);
        });
        lab = new Lab(directory, KernelTap.NONE, config -> config.addPluginDirectories(directory.resolve("plugins")));
    }

    @AfterEach
    void close() {
        lab.close();
        plugin.close();
    }

    private Network network(boolean internal) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("weave")
                        .internal(internal)
                        .addSubnets(SubnetRequest.of("10.20.0.0/24"))
                        .build());
    }

    private static EndpointRequest publishing(String... ports) {
        EndpointRequest.Builder request = EndpointRequest.builder().name("one");
        List.of(ports).forEach(port -> request.addPublish(PublishedPort.parse(port)));
        return request.build();
    }

    private static EndpointRequest leading(String... ports) {
        return new EndpointRequest.Builder()
                .from(publishing(ports))
                .putOptions(FakePlugin.GATEWAY, "10.20.0.1")
                .build();
    }

    private List<String> networks() {
        return lab.controller().networks().stream().map(Network::name).toList();
    }

    private List<String> callsOf(Endpoint endpoint) {
        assertThat(plugin.holds()).contains("endpoint " + endpoint.id());
        return plugin.calls().stream()
                .filter(call -> call.equals(PROGRAM) || call.equals(REVOKE))
                .toList();
    }

    @KernelTest
    void aSandboxThatThePluginLeadsNowhereGetsAWayOutWithItsPorts() { // GW-06, GW-08, RN-10
        Network network = network(false);
        Sandbox sandbox = lab.sandbox("one");
        Endpoint endpoint = network.connect(sandbox, publishing("8001:80"));
        assertThat(networks()).containsExactlyInAnyOrder("net", GATEWAY_NETWORK);
        assertThat(TestNetns.runIn(Traffic.in(sandbox), "ip", "route")).containsPattern("default via \\S+ dev gw0");
        assertThat(endpoint.inspect().ports())
                .extracting(PortMapping::toString)
                .containsExactly("0.0.0.0:8001:80/tcp", "[::]:8001:80/tcp");
        assertThat(plugin.calls()).doesNotContain(PROGRAM);
        assertThat(lab.controller().check()).isEmpty();
        lab.reopen();
        assertThat(lab.controller().check()).isEmpty();
        lab.controller().networkByName("net").endpointByName("one").leave();
        assertThat(networks()).containsExactly("net");
    }

    @KernelTest
    void aPluginThatSaysSoKeepsTheWayOutAway() { // GW-06, RN-10
        Network network = network(false);
        plugin.says(JOIN, "{\"DisableGatewayService\":true}");
        Endpoint endpoint = network.connect(lab.sandbox("one"), EndpointRequest.named("one"));
        assertThat(networks()).containsExactly("net");
        assertThat(lab.controller().check()).isEmpty();
        endpoint.leave();
        plugin.says(JOIN, "{}");
        endpoint.join(lab.controller().sandboxByContainer("one"));
        assertThat(networks()).as("it said it of one join, not of all").contains(GATEWAY_NETWORK);
    }

    @KernelTest
    void anInternalNetworkGetsNoWayOutAndOneWithAGatewayNeedsNone() { // GW-06
        Network network = network(true);
        network.connect(lab.sandbox("one"), EndpointRequest.named("one"));
        assertThatThrownBy(() -> network.createEndpoint(publishing("8001:80"))).hasMessageContaining("cut off");
        network.connect(
                lab.sandbox("two"),
                new EndpointRequest.Builder().from(leading()).name("two").build());
        assertThat(networks()).containsExactly("net");
    }

    @KernelTest
    void aWayOutThatCannotBeMadeFailsTheConnectAndThePluginIsAskedToLeave() { // GW-06, RN-10
        lab.network("web").connect(lab.sandbox("other"), publishing("8001:80"));
        Network network = network(false);
        Sandbox sandbox = lab.sandbox("one");
        assertThatThrownBy(() -> network.connect(sandbox, publishing("8001:80")))
                .isInstanceOf(CnmException.class)
                .hasMessageContaining("8001");
        assertThat(plugin.holds()).containsExactly("network " + network.id());
        assertThat(networks()).containsExactlyInAnyOrder("net", "web");
        assertThat(lab.controller().check()).isEmpty();
    }

    @KernelTest
    void thePluginPublishesPortsWhereItsEndpointIsTheGateway() { // RN-07, RN-12, BP-04
        network(false)
                .connect(
                        lab.sandbox("one"),
                        leading("127.0.0.1:8001:80", "8010-8019:81/udp", "9000-9001:90-91", "5000"));
        assertThat(told)
                .singleElement()
                .satisfies(body -> assertThat(body)
                        .contains(
                                "\"com.docker.network.portmap\":[",
                                "{\"Proto\":6,\"IP\":\"\",\"Port\":80,\"HostIP\":\"127.0.0.1\",\"HostPort\":8001,\"HostPortEnd\":8001}",
                                "{\"Proto\":17,\"IP\":\"\",\"Port\":81,\"HostIP\":\"\",\"HostPort\":8010,\"HostPortEnd\":8019}",
                                "\"Port\":90,\"HostIP\":\"\",\"HostPort\":9000,\"HostPortEnd\":9000}",
                                "\"Port\":91,\"HostIP\":\"\",\"HostPort\":9001,\"HostPortEnd\":9001}",
                                "\"Port\":5000,\"HostIP\":\"\",\"HostPort\":0,\"HostPortEnd\":0}"));
        assertThat(networks()).containsExactly("net");
    }

    @KernelTest
    void aPluginThatPublishesNothingIsFineUnlessItShould() { // RN-12, RN-13
        plugin.says(PROGRAM, 404, "page not found");
        plugin.says(REVOKE, 404, "page not found");
        Network network = network(false);
        Sandbox sandbox = lab.sandbox("one");
        assertThatThrownBy(() -> network.connect(sandbox, leading("8001:80")))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContainingAll("weave", "8001:80", "ProgramExternalConnectivity");
        assertThat(plugin.holds()).containsExactly("network " + network.id());
        Endpoint endpoint = network.connect(sandbox, leading());
        endpoint.disconnect();
        assertThat(plugin.holds()).containsExactly("network " + network.id());
        assertThat(lab.controller().check()).isEmpty();
    }

    @KernelTest
    void itIsToldWhoTakesThePartOfTheGatewayAndWhoGivesItBack() { // GW-05, DR-08
        Sandbox sandbox = lab.sandbox("one");
        Endpoint endpoint = network(false).connect(sandbox, leading());
        Network web = lab.network("web");
        Endpoint rival = web.connect(
                sandbox,
                EndpointRequest.builder().name("one").gatewayPriority(1).build());
        assertThat(callsOf(endpoint)).containsExactly(PROGRAM, REVOKE);
        rival.disconnect();
        assertThat(callsOf(endpoint)).containsExactly(PROGRAM, REVOKE, PROGRAM);
        web.connect(
                sandbox,
                EndpointRequest.builder().name("low").gatewayPriority(-1).build());
        assertThat(callsOf(endpoint)).hasSize(3);
        endpoint.leave();
        assertThat(callsOf(endpoint)).containsExactly(PROGRAM, REVOKE, PROGRAM, REVOKE);
        assertThat(lab.controller().check()).isEmpty();
    }

    @KernelTest
    void itIsToldThatAnotherNetworkServesIpv6() { // GW-02, RN-12
        Sandbox sandbox = lab.sandbox("one");
        network(false).connect(sandbox, leading());
        Network six = lab.controller()
                .createNetwork(NetworkRequest.builder().name("six").ipv6(true).build());
        Endpoint other = six.connect(
                sandbox,
                EndpointRequest.builder().name("one").gatewayPriority(-1).build());
        other.disconnect();
        assertThat(told).hasSize(3);
        assertThat(told.get(1)).contains("\"com.docker.network.driver.private.no_proxy_6to4\":true");
        assertThat(told.get(0) + told.get(2)).doesNotContain("no_proxy_6to4");
    }

    @KernelTest
    void aRivalThatCannotJoinGivesThePartBack() { // GW-05, DR-08
        Sandbox sandbox = lab.sandbox("one");
        Network network = network(false);
        Endpoint endpoint = network.connect(sandbox, leading());
        EndpointRequest rival = new EndpointRequest.Builder()
                .from(leading())
                .name("rival")
                .gatewayPriority(1)
                .build();
        plugin.does(PROGRAM, (body, out) -> {
            if (body.contains(endpoint.id().value())) {
                plugin.normal(PROGRAM, body, out);
            } else {
                FakePlugin.write(out, 200, "{\"Err\":\"only one at a time\"}");
            }
        });
        assertThatThrownBy(() -> network.connect(sandbox, rival))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("only one at a time");
        assertThat(callsOf(endpoint)).containsExactly(PROGRAM, REVOKE, PROGRAM, REVOKE, PROGRAM);
        assertThat(plugin.holds())
                .containsExactlyInAnyOrder(
                        "network " + network.id(),
                        "endpoint " + endpoint.id(),
                        "joined " + endpoint.id(),
                        "serving " + endpoint.id());
        assertThat(lab.controller().check()).isEmpty();
    }
}
