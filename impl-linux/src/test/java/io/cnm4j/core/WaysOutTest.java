package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sandboxes whose networks lead nowhere. GW-06 to GW-09 */
class WaysOutTest {
    private static final String GATEWAY = "cnm_gateway";

    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private final FakeHost host = new FakeHost();
    private final String nothing = host.dump();
    private CoreController cnm = open();

    private CoreController open() {
        return new CoreFixture(
                        CoreFixture.parts(
                                host,
                                new FakeExecutor(host),
                                new BridgeDriver(),
                                new LeaseWatch(),
                                lasting.reopen(),
                                living.reopen(),
                                new Random(1)),
                        System::nanoTime)
                .controller;
    }

    private Network inward(String name, boolean internal) {
        return cnm.createNetwork(NetworkRequest.builder()
                .name(name)
                .driver(InwardBridge.NAME)
                .internal(internal)
                .build());
    }

    private Sandbox box(String container) {
        return cnm.createSandbox(SandboxRequest.forContainer(container));
    }

    private static EndpointRequest publishing(String name, String... ports) {
        EndpointRequest.Builder request = EndpointRequest.builder().name(name);
        List.of(ports).forEach(port -> request.addPublish(PublishedPort.parse(port)));
        return request.build();
    }

    private List<String> networks() {
        return cnm.networks().stream().map(Network::name).toList();
    }

    private List<String> defaultRoutes() {
        return host.dump()
                .lines()
                .filter(line -> line.contains(" route ") && line.contains("default"))
                .map(line -> line.substring(line.indexOf("default")))
                .toList();
    }

    private static List<String> ports(Endpoint endpoint) {
        return endpoint.inspect().ports().stream().map(PortMapping::toString).toList();
    }

    @Test
    void theFirstMakesTheNetworkAndTheLastTakesItAway() { // GW-07, GW-08
        Network east = inward("east", false);
        String before = host.dump();
        Endpoint first = east.connect(box("one"), EndpointRequest.named("one"));
        assertThat(networks()).containsExactly(GATEWAY, "east");
        assertThat(cnm.networkByName(GATEWAY).inspect().ipv6()).isFalse();
        assertThat(defaultRoutes()).hasSize(1).allMatch(route -> route.endsWith("dev gw0"));
        Sandbox two = box("a-container-with-a-long-id");
        east.connect(two, EndpointRequest.named("two"));
        assertThat(cnm.networkByName(GATEWAY).endpoints())
                .extracting(Endpoint::name)
                .containsExactlyInAnyOrder("gateway_one", "gateway_" + two.id().shortForm());
        assertThat(cnm.check()).isEmpty();
        two.delete();
        assertThat(networks()).contains(GATEWAY);
        first.disconnect();
        assertThat(networks()).containsExactly("east");
        cnm.destroySandbox("one");
        assertThat(host.differencesSince(before)).isEmpty();
        east.delete();
        assertThat(host.differencesSince(nothing)).isEmpty();
    }

    @Test
    void whoHasAnotherWayOrWantsNoneGetsNone() { // GW-06
        Sandbox alone = box("alone");
        inward("island", true).connect(alone, EndpointRequest.named("alone"));
        Network east = inward("east", false);
        Sandbox led = box("led");
        cnm.createNetwork(NetworkRequest.named("web")).connect(led, EndpointRequest.named("led"));
        east.connect(led, EndpointRequest.named("led"));
        assertThat(networks()).doesNotContain(GATEWAY);
        east.connect(alone, EndpointRequest.named("alone"));
        assertThat(networks())
                .as("an internal network leads nowhere, the other one should")
                .contains(GATEWAY);
    }

    @Test
    void anotherNetworkThatLeadsOutsideTakesItsPlaceWhateverItsPriority() { // GW-01, GW-09
        Sandbox box = box("one");
        Endpoint east = inward("east", false).connect(box, EndpointRequest.named("one"));
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        Endpoint outer = web.connect(
                box, EndpointRequest.builder().name("one").gatewayPriority(-7).build());
        assertThat(networks()).containsExactly("east", "web");
        assertThat(defaultRoutes()).hasSize(1).allMatch(route -> route.endsWith("dev eth1"));
        outer.leave();
        assertThat(networks()).contains(GATEWAY);
        assertThat(defaultRoutes()).hasSize(1).allMatch(route -> route.endsWith("dev gw0"));
        east.leave();
        assertThat(networks()).doesNotContain(GATEWAY);
        east.join(box);
        assertThat(networks()).contains(GATEWAY);
        outer.join(box);
        assertThat(networks()).doesNotContain(GATEWAY);
        assertThat(cnm.check()).isEmpty();
    }

    @Test
    void portsGoThroughIt() { // GW-08, EM-01
        Sandbox box = box("one");
        Endpoint east = inward("east", false).connect(box, publishing("one", "8001:80"));
        assertThat(ports(east)).containsExactly("0.0.0.0:8001:80/tcp", "[::]:8001:80/tcp");
        Endpoint west = inward("west", false).connect(box, publishing("one", "8001:80", "8002:81/udp"));
        assertThat(ports(west)).contains("0.0.0.0:8001:80/tcp", "0.0.0.0:8002:81/udp");
        assertThat(west.exposure()).hasSize(ports(west).size());
        Endpoint gateway = cnm.networkByName(GATEWAY).endpoints().get(0);
        assertThat(ports(gateway)).hasSize(4);
        west.disconnect();
        assertThat(ports(gateway)).isEqualTo(ports(east)).hasSize(2);
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        web.connect(box("other"), publishing("other", "8002:81/udp")); // free again
        assertThat(cnm.check()).isEmpty();
    }

    @Test
    void aPortThatIsTakenFailsTheConnectAndLeavesNothing() {
        cnm.createNetwork(NetworkRequest.named("web")).connect(box("other"), publishing("other", "8001:80"));
        Network east = inward("east", false);
        Sandbox box = box("one");
        String before = host.dump();
        assertThatThrownBy(() -> east.connect(box, publishing("one", "8001:80")))
                .isInstanceOf(PortInUseException.class);
        assertThat(host.differencesSince(before)).isEmpty();
        assertThat(east.endpoints()).isEmpty();
        assertThat(networks()).doesNotContain(GATEWAY);
        Endpoint born = east.createEndpoint(publishing("one", "8001:80"));
        assertThatThrownBy(() -> born.join(box)).isInstanceOf(PortInUseException.class);
        assertThat(host.differencesSince(before)).isEmpty();
        assertThat(born.inspect().sandbox()).isEmpty();
        assertThatThrownBy(() -> inward("island", true).createEndpoint(publishing("x", "8001:80")))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aSandboxThatCouldNotGetItsWayBackIsNamedAndRepaired() { // LV-03
        Sandbox box = box("one");
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        Endpoint outer = web.connect(box, EndpointRequest.named("one"));
        inward("east", false).connect(box, publishing("one", "8001:80"));
        Sandbox other = box("other");
        web.connect(other, publishing("other", "8001:80"));
        outer.disconnect();
        assertThat(cnm.check()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.MISSING);
            assertThat(finding.toString()).contains("container 'one'").contains(GATEWAY);
        });
        other.delete();
        assertThat(cnm.repair(cnm.check())).isEmpty();
        assertThat(networks()).contains(GATEWAY);
    }

    @Test
    void aNetworkOfThatNameIsUsedAndStays() { // GW-07
        Network mine = cnm.createNetwork(NetworkRequest.named(GATEWAY));
        Endpoint east = inward("east", false).connect(box("one"), EndpointRequest.named("one"));
        assertThat(mine.endpoints()).extracting(Endpoint::name).containsExactly("gateway_one");
        east.disconnect();
        assertThat(mine.endpoints()).isEmpty();
        assertThat(networks()).contains(GATEWAY);
    }

    @Test
    void itIsNobodysToMove() {
        inward("east", false).connect(box("one"), EndpointRequest.named("one"));
        Endpoint gateway = cnm.networkByName(GATEWAY).endpoints().get(0);
        for (Runnable verb : List.<Runnable>of(gateway::disconnect, gateway::leave)) {
            assertThatThrownBy(verb::run)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("gateway_one");
        }
        assertThat(cnm.check()).isEmpty();
    }

    @Test
    void anOpenFindsItAsItWas() {
        Sandbox box = box("one");
        Endpoint east = inward("east", false).connect(box, publishing("one", "8001:80"));
        String kernel = host.dump();
        List<String> published = ports(east);
        cnm.close();
        cnm = open();
        assertThat(host.differencesSince(kernel)).isEmpty();
        Endpoint again = cnm.networkByName("east").endpointByName("one");
        assertThat(ports(again)).isEqualTo(published);
        again.disconnect();
        assertThat(networks()).doesNotContain(GATEWAY);
    }
}
