package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Exposure;
import io.cnm4j.api.model.Exposure.Origin;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.driver.bridge.GatewayMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** From where published ports are said to be reached, and are. */
class ExposureTest {
    @TempDir
    Path directory;

    private static Endpoint published(Network network, Sandbox sandbox, String port) {
        return network.connect(
                sandbox,
                EndpointRequest.builder()
                        .name(sandbox.containerId())
                        .addPublish(PublishedPort.parse(port))
                        .build());
    }

    private static Set<Origin> origins(Endpoint endpoint) {
        assertThat(endpoint.exposure()).hasSize(1);
        return endpoint.exposure().get(0).from();
    }

    @KernelTest
    void theAddressAndTheModeSayFromWhere() {
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            Network web = lab.network("web");
            assertThat(origins(published(web, lab.sandbox("all"), "0.0.0.0:8001:80")))
                    .containsExactlyInAnyOrder(Origin.values());
            assertThat(origins(published(web, lab.sandbox("local"), "127.0.0.1:8002:80")))
                    .containsExactly(Origin.HOST);
            Network routed = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("routed")
                            .options(BridgeOptions.builder()
                                    .icc(false)
                                    .gatewayModeIpv4(GatewayMode.ROUTED)
                                    .build()
                                    .toOptions())
                            .build());
            assertThat(origins(published(routed, lab.sandbox("own"), "80")))
                    .containsExactlyInAnyOrder(Origin.HOST, Origin.OTHER_NETWORKS, Origin.OTHER_HOSTS);
            assertThat(web.createEndpoint(EndpointRequest.named("nowhere")).exposure())
                    .isEmpty();
        }
    }

    @KernelTest // pain 31: another program's policy wins, and is named
    void aChainThatDropsWhatItDoesNotKnowIsADoubt() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = lab.neighbour("out", "192.0.2.1/24", "192.0.2.2/24");
            Sandbox server = lab.sandbox("web");
            Endpoint endpoint = published(lab.network("web"), server, "0.0.0.0:8001:80");
            try (EchoServer running = EchoServer.in(server, 80)) {
                assertThat(EchoServer.askTcp(outside.ref(), "192.0.2.1", 8001)).isPresent();
                assertThat(doubts(endpoint)).isEmpty();
                TestNetns.inHere("nft", "add table ip filter");
                TestNetns.inHere(
                        "nft", "add chain ip filter FORWARD { type filter hook forward priority 0 ; policy drop ; }");
                assertThat(doubts(endpoint)).containsExactly("ip filter FORWARD");
                assertThat(EchoServer.askTcpShortly(outside.ref(), "192.0.2.1", 8001))
                        .isEmpty();
                assertThat(EchoServer.askTcp(TestNetns.here(), "192.0.2.1", 8001))
                        .isPresent();
                TestNetns.inHere("nft", "delete table ip filter");
                assertThat(EchoServer.askTcp(outside.ref(), "192.0.2.1", 8001)).isPresent();
            }
        }
    }

    private static List<String> doubts(Endpoint endpoint) {
        return endpoint.exposure().stream()
                .map(Exposure::doubts)
                .flatMap(List::stream)
                .toList();
    }
}
