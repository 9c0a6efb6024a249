package io.cnm4j.benchmarks.networks;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.benchmarks.BenchHost;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.plan.LinkSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A host with networks of one driver, all by size from one base. Not thread-safe. */
final class Networks implements AutoCloseable {
    private static final String PARENT = "parent0";
    private static final List<AddressPool> BASE = List.of(AddressPool.of("10.0.0.0/8", 24));

    private final BenchHost host;
    private final NetworkController controller;
    private final String driver;
    private final Deque<Network> networks = new ArrayDeque<>();
    private int number;

    private Networks(BenchHost host, NetworkController controller, String driver) {
        this.host = host;
        this.controller = controller;
        this.driver = driver;
    }

    /** Makes the host, with a link that can be a parent. */
    static Networks open(String driver) throws Exception {
        BenchHost host = BenchHost.make();
        host.call(() -> {
            makeParent();
            return true;
        });
        ControllerConfig config = new ControllerConfig.Builder()
                .from(host.config())
                .addressPools(BASE)
                .build();
        return new Networks(host, NetworkController.open(config), driver);
    }

    private static void makeParent() {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            var messages = new MessageBuilder();
            LinkMessages.make(messages, new LinkSpec.Bridge(PARENT, 1500, Optional.of(MacAddress.localUnicast(1)), ""));
            int errno = socket.send(messages).get(0).errno();
            if (errno != 0) {
                throw new IllegalStateException("no link could be made: errno " + errno);
            }
        }
    }

    /** Creates so many. */
    void create(int count) {
        for (int i = 0; i < count; i++) {
            create(new Samples());
        }
    }

    /** Creates one by its size. */
    void create(Samples into) {
        var request = NetworkRequest.builder()
                .name(driver + number++)
                .driver(driver)
                .addSubnets(SubnetRequest.of("0.0.0.0/25"));
        if (driver.equals("macvlan")) {
            request.putOptions("parent", PARENT);
        }
        NetworkRequest wish = request.build();
        long start = System.nanoTime();
        Network made = controller.createNetwork(wish);
        into.since(start);
        networks.push(made);
    }

    void deleteAll() {
        networks.forEach(Network::delete);
        networks.clear();
    }

    /** Connects so many fresh sandboxes to the newest network, which is made if there is none, and removes them. */
    void connect(int count, Samples into) {
        if (networks.isEmpty()) {
            create(1);
        }
        var sandboxes = new ArrayList<Sandbox>();
        for (int i = 0; i < count; i++) {
            sandboxes.add(controller.createSandbox(SandboxRequest.forContainer("c" + i)));
        }
        for (int i = 0; i < count; i++) {
            EndpointRequest wish = EndpointRequest.named("e" + i);
            Sandbox sandbox = sandboxes.get(i);
            long start = System.nanoTime();
            networks.getFirst().connect(sandbox, wish);
            into.since(start);
        }
        sandboxes.forEach(Sandbox::delete);
    }

    /** The host's namespace lets the kernel's part of all networks go at once. */
    @Override
    public void close() {
        controller.close();
        host.close();
    }
}
