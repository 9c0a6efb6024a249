package io.cnm4j.examples.quickstart;

import static io.cnm4j.examples.quickstart.Narration.require;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SandboxUpdate;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.api.model.SubnetUse;
import io.cnm4j.spi.plan.Preview;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the pages of docs show: {@link DocumentationTest} compares them with this and runs it. */
final class Recipes {
    private final NetworkController controller;

    Recipes(NetworkController controller) {
        this.controller = controller;
    }

    void changed(Network shop) {
        shop.update(NetworkUpdate.builder()
                .labels(Map.of("tier", "front")) // all of them
                .mtu(1300)
                .addSubnets(SubnetRequest.of("10.21.0.0/24"))
                .build());
    }

    Network bridge() {
        NetworkRequest request = NetworkRequest.builder()
                .name("shop")
                .ipv6(true)
                .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                .putOptions("com.docker.network.bridge.name", "shop0")
                .putOptions("com.docker.network.driver.mtu", "1400")
                .build();
        Network shop = controller.createNetwork(request);
        require(shop.inspect().subnets().size() == 2, "a subnet for each family");
        return shop;
    }

    Network macvlan(String parent) {
        NetworkRequest request = NetworkRequest.builder()
                .name("lan")
                .driver("macvlan")
                .putOptions("parent", parent) // such as eth0, or eth0.10 for a tagged one
                .addSubnets(SubnetRequest.builder()
                        .pool(IpPrefix.parse("192.0.2.0/24"))
                        .gateway(IpAddress.parse("192.0.2.1"))
                        .build())
                .build();
        return controller.createNetwork(request);
    }

    static ControllerConfig pools() {
        ControllerConfig manySmallNetworks = ControllerConfig.builder()
                .addAddressPools(AddressPool.of("10.128.0.0/14", 28), AddressPool.of("fd12:3456:789a::/48", 64))
                .addGlobalAddressPools(AddressPool.of("10.64.0.0/10", 24))
                .build();
        return manySmallNetworks;
    }

    void addresses() {
        Network small = controller.createNetwork(NetworkRequest.builder()
                .name("small")
                .addSubnets(SubnetRequest.of("0.0.0.0/28")) // any subnet of this size
                .build());
        small.createEndpoint(EndpointRequest.named("one"));
        for (SubnetUse use : small.addresses()) {
            System.out.println(use.pool() + " used " + use.used() + ", available " + use.available());
            use.addresses().forEach(address -> System.out.println(address.address() + " " + address.owner()));
        }
        require(small.addresses().get(0).addresses().size() == 2, "a gateway and an endpoint");
        small.endpointByName("one").delete();
        small.delete();
    }

    Sandbox sandboxes(Network shop) throws Exception {
        Sandbox server = controller.createSandbox(SandboxRequest.forContainer("server"));
        EndpointRequest request = EndpointRequest.builder()
                .name("server")
                .ipv4(IpAddress.parse("10.20.0.10"))
                .build();
        Endpoint endpoint = shop.connect(server, request);
        ServerSocket listening = server.call(() -> new ServerSocket(80)); // stays inside; accept() from any thread
        Process process = server.start(new ProcessBuilder("ip", "address"));
        listening.close();
        require(process.waitFor() == 0, "'ip address' should run inside");
        endpoint.leave(); // name and addresses are kept
        endpoint.join(server);
        server.update(SandboxUpdate.builder()
                .hostname("shop")
                .extraHosts(List.of(ExtraHost.gateway("host"))) // all of them
                .build());
        return server;
    }

    void ports(Network shop) {
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer("till"));
        var log = new ArrayList<String>();
        EndpointRequest request = EndpointRequest.builder()
                .name("till")
                .addPublish(PublishedPort.parse("8001:80"), PublishedPort.parse("127.0.0.1::53/udp"))
                .build();
        Endpoint till = shop.connect(sandbox, request);
        till.inspect().ports().forEach(port -> log.add(port.toString())); // 0.0.0.0:8001:80/tcp, [::]:8001:80/tcp ...
        require(log.size() == 3, "three mappings, not " + log);
        sandbox.delete();
    }

    void links(Network apart) {
        EndpointRequest store = EndpointRequest.builder()
                .name("store")
                .addExpose(ContainerPorts.parse("6379"))
                .build();
        EndpointRequest app =
                EndpointRequest.builder().name("app").putLinks("db", "store").build();
        apart.connect(controller.createSandbox(SandboxRequest.forContainer("store")), store);
        apart.connect(controller.createSandbox(SandboxRequest.forContainer("app")), app);
        controller.destroySandbox("app");
        controller.destroySandbox("store");
    }

    void withItsNetworks(Network shop) {
        Network backend = controller.createNetwork(NetworkRequest.named("backend"));
        SandboxRequest request = SandboxRequest.builder()
                .containerId("web")
                .connect(shop, EndpointRequest.named("web"))
                .connect(backend, EndpointRequest.named("web"))
                .build();
        Sandbox web = controller.createSandbox(request);
        require(web.endpoints().size() == 2, "an endpoint on each");
        web.delete();
        backend.delete();
    }

    void given(Path namespace) {
        SandboxRequest request = SandboxRequest.builder()
                .containerId("given")
                .namespace(namespace) // such as /proc/PID/ns/net
                .build();
        Sandbox sandbox = controller.createSandbox(request);
        sandbox.delete(); // takes out what cnm4j put in; the namespace stays
    }

    void errors(NetworkRequest request) {
        try {
            controller.createNetwork(request);
        } catch (ConflictException taken) {
            System.out.println("choose another name or subnet: " + taken.getMessage());
        } catch (KernelException refused) {
            System.out.println(refused.operation() + ": " + refused.errnoName() + ", " + refused.advice());
        } catch (CnmException other) {
            System.out.println(other.getMessage()); // says what happened, with which values, and what to do
        }
    }

    void patience(NetworkRequest request) {
        controller.within(Duration.ofSeconds(5)).createNetworkIfAbsent(request);
    }

    void dryRun(Network shop, Sandbox server) {
        Preview preview = controller.dryRun().connect(shop, server, EndpointRequest.named("second"));
        preview.render().forEach(System.out::println);
    }

    void doctor() {
        List<Finding> findings = controller.check();
        findings.forEach(finding -> System.out.println(finding + " " + finding.repair()));
        List<Finding> left = controller.repair(findings); // empty, or what somebody must decide
        require(left.isEmpty(), "nothing should be left: " + left);
    }

    static NetworkController reopen(ControllerConfig before) {
        ControllerConfig config = ControllerConfig.builder()
                .from(before)
                .activeContainers(Set.of("server")) // all other sandboxes are removed
                .watch(true) // damage is repaired when the kernel tells of it
                .build();
        return NetworkController.open(config);
    }
}
