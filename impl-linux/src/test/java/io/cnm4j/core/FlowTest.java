package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import io.cnm4j.tck.WriteTap;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlowTest {
    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private final FakeHost host = new FakeHost();
    private final String nothing = host.dump();
    private final FakeExecutor executor = new FakeExecutor(host);
    private final LeaseWatch leases = new LeaseWatch();
    private final CoreController cnm = open(leases);

    private CoreController open(LeaseWatch pools) {
        return new CoreFixture(
                        CoreFixture.parts(host, executor, new BridgeDriver(), pools, lasting, living, new Random(1)),
                        System::nanoTime)
                .controller;
    }

    @Test
    void whatWasCreatedIsGoneAfterItsRemoval() {
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c1"));
        Endpoint endpoint = web.connect(box, EndpointRequest.named("e1"));
        assertThat(endpoint.inspect().addresses()).containsExactly(IpPrefix.parse("10.0.0.2/16"));
        assertThat(endpoint.inspect().interfaceName()).contains("eth0");
        assertThat(defaultRoutes()).containsExactly("default via 10.0.0.1 dev eth0");
        assertThatThrownBy(web::delete).isInstanceOf(InUseException.class).hasMessageContaining("e1"); // ND-04
        endpoint.disconnect();
        box.delete();
        web.delete();
        assertThat(host.differencesSince(nothing)).isEmpty();
        assertThat(leases.leased()).isEmpty();
        assertThatThrownBy(web::inspect).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(web::delete).isInstanceOf(NotFoundException.class); // ND-09
    }

    @Test
    void anyOperationThatFailsLeavesNothing() { // NW-21, EN-12, JN-08
        Network web = cnm.createNetwork(
                NetworkRequest.builder().name("web").ipv6(true).build());
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c1"));
        String kernel = host.dump();
        Set<String> leased = leases.leased();
        for (String change : List.of("ip link add", "ip address add", "ip route add", "sysctl")) {
            executor.tap(refusing(change));
            assertThatThrownBy(() -> web.connect(box, EndpointRequest.named("e")))
                    .isInstanceOf(KernelException.class);
            assertThat(host.differencesSince(kernel)).isEmpty();
            assertThat(leases.leased()).isEqualTo(leased);
        }
        executor.tap(refusing("ip link add"));
        assertThatThrownBy(() -> cnm.createNetwork(NetworkRequest.named("db"))).isInstanceOf(KernelException.class);
        executor.tap(WriteTap.NONE);
        assertThat(cnm.networks()).hasSize(1);
        web.connect(box, EndpointRequest.named("e"));
        cnm.createNetwork(NetworkRequest.named("db"));
    }

    private static WriteTap refusing(String part) {
        return new WriteTap() {
            @Override
            public void before(String change) {
                if (change.contains(part) && !change.startsWith("undo")) {
                    throw new KernelException(change, 1, "EPERM", "", "the test wants it");
                }
            }
        };
    }

    @Test
    void thirtyTwoParallelCreatesOfOneNameGiveOneNetwork() throws Exception { // NW-03
        List<Network> all = together(32, i -> () -> cnm.createNetworkIfAbsent(NetworkRequest.named("web")));
        assertThat(all).extracting(Network::id).containsOnly(all.get(0).id());
        assertThat(cnm.networks()).hasSize(1);
        assertThatThrownBy(() -> cnm.createNetwork(NetworkRequest.named("web"))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> cnm.createNetworkIfAbsent(
                        NetworkRequest.builder().name("web").internal(true).build()))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void sixtyFourParallelConnectsGetSixtyFourAddresses() throws Exception {
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        List<Endpoint> all = together(64, i -> () -> {
            Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c" + i));
            return web.connect(box, EndpointRequest.named("e" + i));
        });
        assertThat(all.stream().map(e -> e.inspect().addresses()).distinct()).hasSize(64);
        assertThat(web.endpoints()).hasSize(64);
        together(64, i -> () -> {
            cnm.destroySandbox("c" + i);
            return i;
        });
        assertThat(web.endpoints()).isEmpty();
        web.delete();
        assertThat(host.differencesSince(nothing)).isEmpty();
        assertThat(leases.leased()).isEmpty();
    }

    @Test
    void theNextNetworkBecomesGatewayWhenTheFirstIsLeft() { // LV-02
        Network a = cnm.createNetwork(NetworkRequest.named("a"));
        Network b = cnm.createNetwork(NetworkRequest.named("b"));
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c"));
        Endpoint first = a.connect(box, EndpointRequest.named("e"));
        Endpoint second = b.connect(box, EndpointRequest.named("e"));
        assertThat(second.inspect().interfaceName()).contains("eth1"); // JN-09
        assertThat(defaultRoutes()).containsExactly("default via 10.0.0.1 dev eth0");
        first.leave();
        assertThat(defaultRoutes()).containsExactly("default via 10.1.0.1 dev eth1");
        first.join(box);
        assertThat(first.inspect().interfaceName()).contains("eth0");
        assertThat(defaultRoutes()).as("GW-01: by name").containsExactly("default via 10.0.0.1 dev eth0");
        box.delete();
        assertThat(a.endpoints()).isEmpty();
    }

    private List<String> defaultRoutes() {
        return host.dump()
                .lines()
                .filter(line -> line.contains(" route "))
                .map(line -> line.substring(line.indexOf("default")))
                .toList();
    }

    @Test
    void sharedObjectsGoWithTheLastNetwork() {
        Network a = cnm.createNetwork(NetworkRequest.named("a"));
        Network b = cnm.createNetwork(NetworkRequest.named("b"));
        a.delete();
        assertThat(host.dump()).contains("table inet");
        b.delete();
        assertThat(host.differencesSince(nothing)).isEmpty();
    }

    @Test
    void twoNetworksCannotHaveOneBridge() { // BR-21
        cnm.createNetwork(NetworkRequest.builder()
                .name("a")
                .putOptions(BridgeOptions.BRIDGE_NAME, "br0")
                .build());
        assertThatThrownBy(() -> cnm.createNetwork(NetworkRequest.builder()
                        .name("b")
                        .putOptions(BridgeOptions.BRIDGE_NAME, "br0")
                        .build()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("network 'a'");
        assertThat(cnm.networks()).hasSize(1);
    }

    @Test
    void badInputIsRefusedAndChangesNothing() {
        Network web = cnm.createNetwork(NetworkRequest.builder()
                .name("web")
                .addSubnets(SubnetRequest.of("10.9.0.0/16"))
                .build());
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c"));
        Endpoint endpoint = web.connect(box, EndpointRequest.named("e"));
        String kernel = host.dump();
        Set<String> leased = leases.leased();
        refused(InvalidRequestException.class, () -> cnm.networkByName(" "));
        refused(NotFoundException.class, () -> cnm.networkByName("nope"));
        refused(NotFoundException.class, () -> cnm.networkById(new NetworkId("0".repeat(64))));
        refused(
                NotFoundException.class,
                () -> cnm.createNetwork(
                        NetworkRequest.builder().name("x").driver("nope").build()));
        refused(ConflictException.class, () -> cnm.createSandbox(SandboxRequest.forContainer("c"))); // SB-02
        refused(ConflictException.class, () -> web.createEndpoint(EndpointRequest.named("e"))); // EN-01
        refused(
                InUseException.class,
                () -> { // JN-03
                    endpoint.join(box);
                    return box;
                });
        refused(
                InUseException.class,
                () -> { // DL-01
                    endpoint.delete();
                    return box;
                });
        refused(
                InvalidRequestException.class,
                () -> web.createEndpoint( // EN-08
                        EndpointRequest.builder()
                                .name("f")
                                .ipv4(IpAddress.parse("10.8.0.5"))
                                .build()));
        refused(
                ConflictException.class,
                () -> web.createEndpoint(EndpointRequest.builder()
                        .name("f")
                        .ipv4(IpAddress.parse("10.9.0.1"))
                        .build()));
        assertThat(host.differencesSince(kernel)).isEmpty();
        assertThat(leases.leased()).isEqualTo(leased);
    }

    private static void refused(Class<? extends Throwable> type, Callable<?> call) {
        assertThatThrownBy(call::call).isInstanceOf(type);
    }

    @Test
    void aDryRunTouchesNothing() {
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c"));
        String kernel = host.dump();
        Set<String> leased = leases.leased();
        List<String> lines =
                cnm.dryRun().connect(web, box, EndpointRequest.named("e")).render();
        assertThat(lines).anyMatch(line -> line.contains("10.0.0.2/16"));
        assertThat(cnm.dryRun().createNetwork(NetworkRequest.named("db")).render())
                .anyMatch(line -> line.contains("10.1.0.1/16"));
        assertThat(host.differencesSince(kernel)).isEmpty();
        assertThat(leases.leased()).isEqualTo(leased);
        assertThat(web.connect(box, EndpointRequest.named("e")).inspect().addresses())
                .containsExactly(IpPrefix.parse("10.0.0.2/16"));
    }

    @Test
    void aReopenedControllerKnowsEverythingAgain() {
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c"));
        web.connect(box, EndpointRequest.named("e"));
        String kernel = host.dump();
        var leasesAgain = new LeaseWatch();
        CoreController again = open(leasesAgain);
        assertThat(host.differencesSince(kernel)).isEmpty();
        assertThat(leasesAgain.leased()).isEqualTo(leases.leased());
        Network same = again.networkByName("web");
        assertThat(same.inspect()).isEqualTo(web.inspect());
        assertThat(same.endpointByName("e").inspect().interfaceName()).contains("eth0");
        again.destroySandbox("c");
        same.delete();
        assertThat(host.differencesSince(nothing)).isEmpty();
        assertThat(leasesAgain.leased()).isEmpty();
    }

    @Test
    void aClosedControllerSaysSo() {
        Network web = cnm.createNetwork(NetworkRequest.named("web"));
        cnm.close();
        cnm.close();
        assertThatThrownBy(web::inspect).isInstanceOf(ClosedException.class);
        assertThatThrownBy(cnm::networks).isInstanceOf(ClosedException.class);
    }

    private static <T> List<T> together(int count, java.util.function.IntFunction<Callable<T>> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            var results = new ArrayList<T>();
            List<Callable<T>> tasks = IntStream.range(0, count).mapToObj(task).toList();
            for (Future<T> future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
