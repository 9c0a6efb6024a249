package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.tck.Waiting;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures and deaths at every kernel and store call of a host's part in an overlay network, while another host has an endpoint on it. */
@Tag("kernel")
class OverlayFaultTest extends FreshCluster {
    private static final String TUNNEL = ":1194 "; // port 4500
    private static final Duration PATIENCE = Duration.ofSeconds(30); // nobody is taken for gone here

    private final FaultTap tap = new FaultTap();

    private static Network network(Lab lab) {
        return lab.controller().networkByName("net");
    }

    private static void create(Lab lab, boolean encrypted) {
        lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .driver("overlay")
                        .internal(true)
                        .options(encrypted ? Map.of("encrypted", "") : Map.of())
                        .build());
    }

    /** The other host hears of this network, not of the one of the round before, and has an endpoint on it. */
    private static void far(Lab lab, NetworkController other) {
        NetworkId id = network(lab).id();
        Waiting.until(
                () -> other.networks().stream().anyMatch(network -> network.id().equals(id)));
        if (other.sandboxes().isEmpty()) {
            Sandbox sandbox = other.createSandbox(SandboxRequest.forContainer("far"));
            other.networkById(id).connect(sandbox, EndpointRequest.named("far"));
        }
    }

    private static void near(Lab lab) {
        lab.controller()
                .networkByName("net")
                .connect(lab.controller().sandboxByContainer("near"), EndpointRequest.named("near"));
    }

    @ParameterizedTest(name = "encrypted: {0}") // OV-02, OV-03, OV-20
    @ValueSource(booleans = {false, true})
    void aHostOfTheCluster(boolean encrypted) {
        try (var underlay = new Underlay(directory, store, 1, false, config -> config.timeToLive(PATIENCE));
                var host = underlay.wired(2);
                var lab = new Lab(directory, tap, config -> config.cluster(underlay.cluster(2)), host.ref())) {
            NetworkController other = underlay.host(1).controller();
            lab.othersHaveSockets(); // the other host, and the clients of the store
            lab.clearFirst(() -> other.sandboxes().forEach(Sandbox::delete));
            new Story()
                    .makes("create network", in -> create(in, encrypted))
                    .given(in -> far(in, other))
                    .given(in -> in.sandbox("near"))
                    .makes("connect", OverlayFaultTest::near)
                    .removes(
                            "disconnect",
                            in -> network(in).endpointByName("near").disconnect())
                    .given(in -> assertThat(host.run("cat", "/proc/net/udp")).doesNotContain(TUNNEL))
                    .given(OverlayFaultTest::near)
                    .removes(
                            "delete sandbox",
                            in -> in.controller().sandboxByContainer("near").delete())
                    .given(in -> other.sandboxes().forEach(Sandbox::delete))
                    .removes("delete network", in -> network(in).delete())
                    .survivesFailures(lab, tap);
        }
    }
}
