package io.cnm4j.benchmarks.connect;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.api.model.SubnetSnapshot;
import java.nio.file.Path;

/** A bridge network, and fresh sandboxes on it. The library takes addresses from below; a bare loop has the upper half. */
final class Bridge implements AutoCloseable {
    private final NetworkController controller;
    private final Network network;
    private final String directory;
    private final String link;
    private final int index;

    Bridge(NetworkController controller, String subnet, String directory, Links links) {
        this.controller = controller;
        this.network = controller.createNetwork(NetworkRequest.builder()
                .name(subnet)
                .addSubnets(SubnetRequest.of(subnet))
                .build());
        this.directory = directory;
        this.link = String.valueOf(network.inspect().driverNote().get("bridge"));
        this.index = links.index(link);
    }

    /** Returns the same by exec of ip(8). */
    IpBatch ipBatch(Path scratch) {
        return new IpBatch(
                scratch, link, network.inspect().subnets().get(0).gateway().orElseThrow());
    }

    /** Makes and connects sandbox number n with the library. */
    Endpoint connect(int number) {
        String container = container(number);
        Sandbox sandbox = controller.createSandbox(SandboxRequest.builder()
                .containerId(container)
                .connect(network, EndpointRequest.named(container))
                .build());
        return sandbox.endpoints().get(0);
    }

    /** The same in two calls: first the sandbox, then its network. */
    Endpoint connectApart(int number) {
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer(container(number)));
        return network.connect(sandbox, EndpointRequest.named(container(number)));
    }

    /** Removes sandbox number n with the library. */
    void remove(int number) {
        controller.destroySandbox(container(number));
    }

    /** Returns a bare loop that connects to this bridge. */
    Floor floor() {
        SubnetSnapshot subnet = network.inspect().subnets().get(0);
        return new Floor(directory, index, subnet.pool(), subnet.gateway().orElseThrow());
    }

    /** Returns the name of the host's end of an endpoint. */
    static String hostLink(Endpoint endpoint) {
        return String.valueOf(endpoint.inspect().driverNote().get("host.link"));
    }

    private static String container(int number) {
        return "c" + number;
    }

    @Override
    public void close() {
        network.delete();
    }
}
