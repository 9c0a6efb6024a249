package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkSnapshot;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.tck.DriverBetween;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import io.cnm4j.tck.WriteTap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Networks become other than they were. */
class AlterFlowTest {
    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private final FakeHost host = new FakeHost();
    private LeaseWatch leases = new LeaseWatch();
    private FakeExecutor executor = new FakeExecutor(host);
    private CoreController cnm = open(new BridgeDriver());

    private CoreController open(NetworkDriver driver) {
        executor = new FakeExecutor(host);
        leases = new LeaseWatch();
        return new CoreFixture(
                        CoreFixture.parts(
                                host, executor, driver, leases, lasting.reopen(), living.reopen(), new Random(1)),
                        System::nanoTime)
                .controller;
    }

    private static NetworkUpdate mtu(int octets) {
        return NetworkUpdate.builder().mtu(octets).build();
    }

    private static NetworkUpdate subnet(String pool) {
        return NetworkUpdate.builder().addSubnets(SubnetRequest.of(pool)).build();
    }

    private Network net(String pool) {
        return cnm.createNetwork(NetworkRequest.builder()
                .name("net")
                .addSubnets(SubnetRequest.of(pool))
                .build());
    }

    private Endpoint connected(Network net, String name) {
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer(name));
        return net.connect(box, EndpointRequest.named(name));
    }

    @Test
    void labelsMtuAndSubnetsChangeAndSurviveARestart() {
        Network net = net("10.20.0.0/30"); // room for one
        Endpoint one = connected(net, "one");
        IpPrefix address = one.inspect().addresses().get(0);
        net.update(NetworkUpdate.builder()
                .labels(Map.of("tier", "front"))
                .mtu(1400)
                .addSubnets(SubnetRequest.of("10.21.0.0/24"))
                .build());

        NetworkSnapshot now = net.inspect();
        assertThat(now.labels()).isEqualTo(Map.of("tier", "front"));
        assertThat(now.options()).containsEntry(BridgeOptions.MTU, "1400");
        assertThat(now.subnets())
                .extracting(subnet -> subnet.pool().toString())
                .containsExactly("10.20.0.0/30", "10.21.0.0/24");
        assertThat(net.inspectJson()).contains("\"Subnet\":\"10.21.0.0/24\"", "\"tier\":\"front\"", "1400");
        assertThat(one.inspect().addresses()).containsExactly(address);
        Endpoint two = connected(net, "two");
        assertThat(two.inspect().addresses().get(0).toString()).isEqualTo("10.21.0.2/24");
        String bridge = now.driverNote().getOrDefault("bridge", "");
        assertThat(host.link(bridge).orElseThrow().mtu()).isEqualTo(1400);
        assertThat(host.addresses(bridge)).extracting(IpPrefix::toString).contains("10.20.0.1/30", "10.21.0.1/24");
        assertThat(host.dump()).contains("route 10.21.0.0/24 dev eth0", "route 10.20.0.0/30 dev eth0", "masquerade4");
        assertThat(cnm.check()).isEmpty();

        String kernel = host.dump();
        cnm.close();
        cnm = open(new BridgeDriver());
        assertThat(host.differencesSince(kernel)).isEmpty();
        assertThat(cnm.networkByName("net").inspect()).isEqualTo(now);
        assertThat(cnm.check()).isEmpty();
        assertThat(cnm.createNetworkIfAbsent(NetworkRequest.builder()
                                .name("net")
                                .putLabels("tier", "front")
                                .putOptions(BridgeOptions.MTU, "1400")
                                .addSubnets(SubnetRequest.of("10.20.0.0/30"), SubnetRequest.of("10.21.0.0/24"))
                                .build())
                        .inspect())
                .isEqualTo(now);
    }

    @Test
    void aDryRunSaysWhatAnOperatorWouldType() {
        Network net = net("10.20.0.0/24");
        connected(net, "one");
        String kernel = host.dump();
        var update = NetworkUpdate.builder()
                .mtu(1400)
                .addSubnets(SubnetRequest.of("10.21.0.0/24"))
                .build();
        List<String> lines = cnm.dryRun().updateNetwork(net, update).render();
        String bridge = net.inspect().driverNote().getOrDefault("bridge", "");
        assertThat(lines).anyMatch(line -> line.equals("ip link set dev " + bridge + " mtu 1400"));
        assertThat(lines).anyMatch(line -> line.equals("ip address add 10.21.0.1/24 dev " + bridge));
        assertThat(lines).anyMatch(line -> line.endsWith("ip link set dev eth0 mtu 1400"));
        assertThat(lines).anyMatch(line -> line.endsWith("ip route append 10.21.0.0/24 dev eth0"));
        assertThat(lines).noneMatch(line -> line.contains("ip link add"));
        assertThat(host.differencesSince(kernel)).isEmpty();
        net.update(update); // what the dry run leased it gave back
        assertThat(cnm.dryRun().updateNetwork(net, mtu(1400)).render()).isEmpty();
    }

    @Test
    void theBridgeIsNeverNarrowerThanALinkOnIt() {
        Network net = net("10.20.0.0/24");
        connected(net, "one");
        String bridge = "ip link set dev " + net.inspect().driverNote().get("bridge");
        assertThat(cnm.dryRun().updateNetwork(net, mtu(1600)).render().get(0)).startsWith(bridge);
        assertThat(cnm.dryRun().updateNetwork(net, mtu(1400)).render().get(2)).startsWith(bridge);
    }

    @Test
    void whatCannotBeIsRefusedAndChangesNothing() {
        Network net = net("10.20.0.0/24");
        cnm.createNetwork(NetworkRequest.builder()
                .name("other")
                .ipv6(true)
                .addSubnets(SubnetRequest.of("10.30.0.0/24"))
                .build());
        NetworkSnapshot before = net.inspect();
        String kernel = host.dump();
        var leased = leases.leased();
        assertThatThrownBy(() -> net.update(subnet("10.30.0.0/16"))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> net.update(subnet("10.20.0.0/25"))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> net.update(subnet("fd00:9::/64")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("fd00:9::/64");
        assertThatThrownBy(() -> net.update(subnet("224.0.0.0/24"))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> cnm.networkByName("other").update(mtu(1000)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("1280");
        assertThatThrownBy(() -> mtu(67)).isInstanceOf(InvalidRequestException.class);
        assertThat(net.inspect()).isEqualTo(before);
        assertThat(leases.leased()).isEqualTo(leased);
        assertThat(host.differencesSince(kernel)).isEmpty();
        net.update(NetworkUpdate.builder().build());
        assertThat(net.inspect()).isEqualTo(before);
        net.delete();
        assertThatThrownBy(() -> net.update(mtu(1400))).isInstanceOf(io.cnm4j.api.error.NotFoundException.class);
    }

    /** A driver that says nothing about changes. */
    private static final class Fixed extends DriverBetween {
        Fixed() {
            super(new BridgeDriver());
        }

        @Override
        public Map<String, String> optionsWithMtu(NetworkState network, int mtu) {
            throw new UnsupportedException("not this one");
        }

        @Override
        public void admitPools(NetworkState network, List<NetworkPool> added, DriverContext context) {
            throw new UnsupportedException("not this one");
        }
    }

    @Test
    void aDriverThatCannotChangeStillHasLabels() {
        Network before = net("10.20.0.0/24");
        connected(before, "one");
        cnm.close();
        cnm = open(new Fixed());
        Network net = cnm.networkByName("net");
        var leased = leases.leased();
        assertThatThrownBy(() -> net.update(mtu(1400))).isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() -> net.update(subnet("10.21.0.0/24"))).isInstanceOf(UnsupportedException.class);
        assertThat(leases.leased()).isEqualTo(leased);
        net.update(NetworkUpdate.builder().labels(Map.of("a", "b")).build());
        assertThat(net.inspect().labels()).containsEntry("a", "b");
        assertThat(cnm.check()).isEmpty();
    }

    @Test
    void aStepThatFailsIsUndoneInKernelAndRecord() {
        Network net = net("10.20.0.0/24");
        connected(net, "one");
        connected(net, "two");
        NetworkSnapshot before = net.inspect();
        var update = NetworkUpdate.builder()
                .mtu(1600)
                .addSubnets(SubnetRequest.of("10.21.0.0/24"))
                .build();
        String kernel = host.dump();
        int step = 0;
        while (failsAt(step, net, update)) {
            assertThat(host.differencesSince(kernel)).as("failed at " + step).isEmpty();
            assertThat(net.inspect()).isEqualTo(before);
            assertThat(cnm.check()).isEmpty();
            step++;
        }
        assertThat(step).isEqualTo(9); // elements, bridge, address; two ends and a route each
        assertThat(net.inspect()).isNotEqualTo(before);
    }

    private boolean failsAt(int step, Network net, NetworkUpdate update) {
        executor.tap(new WriteTap() {
            private int left = step;

            @Override
            public void before(String change) {
                if (left-- == 0) {
                    throw new KernelException(change, 5, "EIO", "", "the test wants it");
                }
            }

            @Override
            public void after(String change) {}
        });
        try {
            net.update(update);
            return false;
        } catch (KernelException failure) {
            return true;
        } finally {
            executor.tap(WriteTap.NONE);
        }
    }

    @Test
    void endpointsOfBothSubnetsHaveTheGatewayOfTheirOwn() {
        Network net = net("10.20.0.0/24");
        net.update(subnet("10.21.0.0/24"));
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c"));
        net.connect(
                box,
                EndpointRequest.builder()
                        .name("c")
                        .ipv4(IpAddress.parse("10.21.0.9"))
                        .build());
        assertThat(host.dump()).contains("route default via 10.21.0.1 dev eth0", "route 10.20.0.0/24 dev eth0");
        assertThat(net.addresses()).hasSize(2);
        assertThat(box.endpoints().get(0).inspect().address(Family.IPV4)).contains(IpAddress.parse("10.21.0.9"));
    }
}
