package io.cnm4j.benchmarks.cluster;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.core.ClusterParts;
import io.cnm4j.core.ControllerParts;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.registry.Named;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.driver.overlay.OverlayDriver;
import io.cnm4j.kvstore.etcd.EtcdStoreProvider;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** A host of the cluster. */
final class Member implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    final TunnelMemory kernel;
    private final IpAddress address;
    private final NetworkController controller;

    /** @param learned told of each place of a hardware address that its tunnel is given, as {@link TunnelMemory#entry} writes it */
    Member(int number, StoreAddress store, Consumer<String> learned) {
        address = IpAddress.parse("10." + (number >> 8) + "." + (number & 0xff) + ".1");
        FakeHost host = new FakeHost().withForeignLink("eth0", "veth", address + "/8");
        var id = new ControllerId(String.format("%064x", number + 1));
        kernel = new TunnelMemory(learned);
        controller = new ControllerParts(
                        new Ledger(new MemoryStore(), new MemoryStore(), id),
                        Named.of("driver", List.of(new OverlayDriver()), NetworkDriver::name),
                        ipams(number),
                        host,
                        kernel,
                        host,
                        new RunDirectory("/run/" + number),
                        true,
                        Optional.empty(),
                        List.of(),
                        ControllerConfig.defaults().gatewayNetwork(),
                        false,
                        Optional.empty(),
                        new NameDirectory(),
                        Clock.systemUTC(),
                        new Random(number),
                        Optional.of(new ClusterParts(
                                new EtcdStoreProvider().connect(store),
                                address,
                                4789,
                                4500,
                                false,
                                Duration.ofHours(1),
                                new KeyBoard(),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(60),
                                ipams(number))))
                .open(LIMIT);
    }

    private static Named<Ipam> ipams(int number) {
        var space = new AddressSpace(AddressSpace.Scope.GLOBAL, List.of(), "h" + number);
        return Named.of("IPAM driver", Map.of("default", new PoolIpamDriver().open(space)));
    }

    NetworkController controller() {
        return controller;
    }

    /** Returns its address in the underlay. */
    IpAddress address() {
        return address;
    }

    /** Connects a new sandbox. */
    void connect(String network, String name, MacAddress mac) {
        Network there = controller.networkByName(network);
        there.connect(
                controller.createSandbox(SandboxRequest.forContainer(name)),
                EndpointRequest.builder().name(name).mac(mac).build());
    }

    @Override
    public void close() {
        controller.close();
    }
}
