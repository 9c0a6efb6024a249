package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Networks that are full. Pain 16 */
class CapacityFlowTest {
    private final FakeHost host = new FakeHost();
    private final LeaseWatch leases = new LeaseWatch();
    private final NetworkController cnm = new CoreFixture(
                    CoreFixture.parts(
                            host,
                            new FakeExecutor(host),
                            new BridgeDriver(),
                            leases,
                            new MemoryStore(),
                            new MemoryStore(),
                            new Random(1)),
                    System::nanoTime)
            .controller;

    private Network network(BridgeOptions.Builder options) {
        return cnm.createNetwork(NetworkRequest.builder()
                .name("net")
                .resolution(false)
                .options(options.build().toOptions())
                .addSubnets(SubnetRequest.of("10.20.0.0/16"))
                .build());
    }

    private Sandbox sandbox(String name) {
        return cnm.createSandbox(SandboxRequest.forContainer(name));
    }

    @Test
    void whoComesTooLateIsToldBeforeAnythingIsMade() {
        Network net = network(BridgeOptions.builder());
        assertThat(net.inspect().capacity()).hasValue(BridgeOptions.PORTS);
        net.createEndpoint(EndpointRequest.named("outside")); // takes no port
        for (int i = 0; i < BridgeOptions.PORTS; i++) {
            net.connect(sandbox("c" + i), EndpointRequest.named("c" + i));
        }
        Sandbox late = sandbox("late");
        String before = host.dump();
        var leased = leases.leased();
        assertThatThrownBy(() -> net.connect(late, EndpointRequest.named("late")))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll("'net'", "1023", BridgeOptions.SHARDS + "=2");
        assertThatThrownBy(() -> net.endpointByName("outside").join(late)).isInstanceOf(ExhaustedException.class);
        assertThat(host.differencesSince(before)).isEmpty();
        assertThat(leases.leased()).isEqualTo(leased);
        net.endpointByName("c7").disconnect();
        net.endpointByName("outside").join(late);
    }

    @Test
    void endpointsComeToTheBridgeWithTheFewest() {
        Network net = network(BridgeOptions.builder().shards(3));
        assertThat(net.inspect().capacity()).hasValue(3 * BridgeOptions.PORTS);
        IntStream.range(0, 8).forEach(i -> net.createEndpoint(EndpointRequest.named("e" + i)));
        assertThat(places(net)).isEqualTo(List.of(3, 3, 2));
        net.endpoints().stream()
                .filter(endpoint -> "1".equals(endpoint.inspect().driverNote().get(EndpointState.PLACE)))
                .forEach(io.cnm4j.api.Endpoint::delete);
        IntStream.range(8, 11).forEach(i -> net.createEndpoint(EndpointRequest.named("e" + i)));
        assertThat(places(net)).isEqualTo(List.of(3, 3, 2));
    }

    private static List<Integer> places(Network net) {
        var counts = new TreeMap<String, Integer>();
        net.endpoints()
                .forEach(endpoint -> counts.merge(
                        endpoint.inspect().driverNote().getOrDefault(EndpointState.PLACE, ""), 1, Integer::sum));
        return List.copyOf(counts.values());
    }

    @Test
    void allBridgesAreFull() {
        Network net = network(BridgeOptions.builder().shards(2));
        IntStream.range(0, 2 * BridgeOptions.PORTS).forEach(i -> net.createEndpoint(EndpointRequest.named("e" + i)));
        var leased = leases.leased();
        assertThatThrownBy(() -> net.createEndpoint(EndpointRequest.named("late")))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll("'net'", "2046", BridgeOptions.SHARDS + "=4");
        assertThat(leases.leased()).isEqualTo(leased);
    }
}
