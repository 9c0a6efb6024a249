package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.tck.Waiting;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sandboxes on overlay networks and the world outside, with packets. GW-06 to GW-09 */
@Tag("kernel")
class OverlayOutsideTest extends FreshCluster {
    private static final String GATEWAY = "cnm_gateway";

    private static NetworkRequest overlay(String name, boolean internal) {
        return NetworkRequest.builder()
                .name(name)
                .driver("overlay")
                .internal(internal)
                .build();
    }

    private static Sandbox joined(Underlay.Host host, String network, String container, String... ports) {
        Waiting.until(() ->
                host.controller().networks().stream().anyMatch(n -> n.name().equals(network)));
        Sandbox sandbox = host.controller().createSandbox(SandboxRequest.forContainer(container));
        EndpointRequest.Builder request = EndpointRequest.builder().name(container);
        List.of(ports).forEach(port -> request.addPublish(PublishedPort.parse(port)));
        host.controller().networkByName(network).connect(sandbox, request.build());
        return sandbox;
    }

    private static List<String> networks(Underlay.Host host) {
        return host.controller().networks().stream().map(Network::name).toList();
    }

    private static String defaultRoutes(Sandbox sandbox) {
        return Lab.in(sandbox, "ip", "route", "show", "default").output().strip();
    }

    @Test // GW-06, GW-07, GW-08, GW-09, HO-05, OV-09
    void aSandboxReachesTheOutsideAndIsReachedAtItsPorts() throws Exception {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            Underlay.Host two = underlay.host(2);
            one.controller().createNetwork(overlay("net", false));
            Sandbox a = joined(one, "net", "alpha", "8001:80");
            Sandbox b = joined(two, "net", "b");
            Sandbox c = joined(one, "net", "c");
            assertThat(defaultRoutes(a)).contains("dev gw0");
            assertThat(Lab.reaches(a, two.address())).isTrue();
            String inside = Lab.address(a, Family.IPV4);
            Waiting.until(() -> Traffic.echoes(Traffic.in(b), inside), Duration.ofSeconds(5));
            try (EchoServer running = EchoServer.in(a, 80)) {
                assertThat(EchoServer.askTcp(two.namespace().ref(), one.address(), 8001))
                        .hasValueSatisfying(said -> assertThat(said).startsWith("alpha "));
                assertThat(EchoServer.askTcp(Traffic.in(b), one.address(), 8001))
                        .as("from the overlay on the other host, by way of both hosts")
                        .hasValueSatisfying(said -> assertThat(said).startsWith("alpha "));
            }
            for (Endpoint endpoint : one.controller().networkByName(GATEWAY).endpoints()) {
                String address =
                        endpoint.inspect().address(Family.IPV4).orElseThrow().toString();
                assertThat(Files.readString(a.inspect().hostsFile())).doesNotContain(address);
                if (endpoint.name().equals("gateway_c")) {
                    assertThat(Traffic.isSilent(Traffic.in(a), address))
                            .as("no ICC")
                            .isTrue();
                }
            }
            assertThat(Resolver.DIG.find(c, "alpha", Resolver.Type.A)).containsExactly(inside);
            assertThat(Resolver.DIG.find(c, "gateway_alpha", Resolver.Type.A)).isEmpty();
            assertThat(one.controller().check()).isEmpty();

            a.delete();
            assertThat(networks(one)).contains(GATEWAY);
            c.delete();
            assertThat(networks(one)).containsExactly("net");
            assertThat(one.namespace().run("ip", "link")).doesNotContain("br-");
        }
    }

    @Test // GW-05, GW-09, LV-03
    void aBridgeNetworkTakesOverAndGivesBackAndAReopenChangesNothing() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            one.controller().createNetwork(overlay("net", false));
            Sandbox a = joined(one, "net", "a");
            Network web = one.controller().createNetwork(NetworkRequest.named("web"));
            Endpoint outer = web.connect(a, EndpointRequest.named("a"));
            assertThat(networks(one)).containsExactly("net", "web");
            assertThat(defaultRoutes(a)).contains("dev eth1");
            assertThat(Lab.reaches(a, underlay.host(2).address())).isTrue();
            outer.disconnect();
            assertThat(defaultRoutes(a)).contains("dev gw0");
            assertThat(Lab.reaches(a, underlay.host(2).address())).isTrue();

            one.goAway();
            one.comeBack();
            Sandbox again = one.controller().sandboxByContainer("a");
            assertThat(one.controller().check()).isEmpty();
            assertThat(Lab.reaches(again, underlay.host(2).address())).isTrue();
        }
    }

    @Test // GW-06
    void anInternalOverlayStaysInternal() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            one.controller().createNetwork(overlay("net", true));
            Sandbox a = joined(one, "net", "a");
            assertThat(networks(one)).containsExactly("net");
            assertThat(defaultRoutes(a)).isEmpty();
        }
    }
}
