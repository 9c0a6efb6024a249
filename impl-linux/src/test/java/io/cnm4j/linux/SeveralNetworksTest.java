package io.cnm4j.linux;

import static io.cnm4j.linux.BridgeSandboxTest.network;
import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Who of a sandbox' networks gives it its default routes. */
class SeveralNetworksTest {
    @TempDir
    Path directory;

    private static void outside(Lab lab) {
        TestNetns outside = lab.neighbour("out", "192.0.2.1/24", "192.0.2.2/24");
        TestNetns.inHere("ip", "address", "add", "2001:db8::1/64", "dev", "out", "nodad");
        outside.run("ip", "address", "add", "2001:db8::2/64", "dev", "eth0", "nodad");
    }

    private static void defaultRoutes(Sandbox sandbox, String ipv4, String ipv6) {
        assertThat(TestNetns.runIn(in(sandbox), "ip", "route", "show", "default"))
                .startsWith(ipv4);
        assertThat(TestNetns.runIn(in(sandbox), "ip", "-6", "route", "show", "default"))
                .startsWith(ipv6);
        assertThat(echoes(in(sandbox), "192.0.2.2")).isTrue();
        assertThat(echoes(in(sandbox), "2001:db8::2")).isTrue();
    }

    @KernelTest // GW-02, GW-05, LV-02
    void anotherNetworkTakesOverAsGateway() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network web = network(lab, "web", 20, false);
            Network db = network(lab, "db", 30, true);
            Network log = network(lab, "log", 40, true);
            Sandbox one = lab.connected(web, "one");
            Endpoint onLog = log.connect(one, EndpointRequest.named("one"));
            defaultRoutes(one, "default via 10.40.0.1 dev eth1", "default via fd00:40::1 dev eth1"); // both families
            Endpoint onDb = db.connect(one, EndpointRequest.named("one"));
            defaultRoutes(one, "default via 10.30.0.1 dev eth2", "default via fd00:30::1 dev eth2"); // by name
            onLog.disconnect();
            onDb.leave();
            assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                    .startsWith("default via 10.20.0.1 dev eth0");
            onDb.join(one);
            defaultRoutes(one, "default via 10.30.0.1 dev eth1", "default via fd00:30::1 dev eth1");
            lab.reopen();
            defaultRoutes(one, "default via 10.30.0.1 dev eth1", "default via fd00:30::1 dev eth1");
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest // EO-12, GW-05, *52 TestGatewaySelection, TestConnectWithPriority
    void priorityDecidesWhoIsTheGateway() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network web = network(lab, "web", 20, true);
            Sandbox one = lab.connected(network(lab, "db", 30, true), "one");
            EndpointRequest first =
                    EndpointRequest.builder().name("one").gatewayPriority(7).build();
            Endpoint onWeb = web.connect(one, first);
            defaultRoutes(one, "default via 10.20.0.1 dev eth1", "default via fd00:20::1 dev eth1");
            network(lab, "log", 40, true)
                    .connect(
                            one,
                            EndpointRequest.builder()
                                    .name("one")
                                    .gatewayPriority(-1)
                                    .build());
            defaultRoutes(one, "default via 10.20.0.1 dev eth1", "default via fd00:20::1 dev eth1");
            assertThat(lab.controller().check()).isEmpty();
            lab.reopen();
            defaultRoutes(one, "default via 10.20.0.1 dev eth1", "default via fd00:20::1 dev eth1");
            lab.controller().networkByName("web").endpointById(onWeb.id()).disconnect();
            defaultRoutes(one, "default via 10.30.0.1 dev eth0", "default via fd00:30::1 dev eth0");
        }
    }

    @KernelTest // GW-01
    void internalNetworkIsNeverTheGateway() {
        try (var lab = new Lab(directory)) {
            outside(lab);
            Network inner = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("inner")
                            .internal(true)
                            .ipv6(true)
                            .build());
            Sandbox one = lab.connected(inner, "one");
            Endpoint out = network(lab, "web", 20, true).connect(one, EndpointRequest.named("one"));
            defaultRoutes(one, "default via 10.20.0.1 dev eth1", "default via fd00:20::1 dev eth1");
            out.disconnect();
            assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                    .isEmpty();
        }
    }
}
