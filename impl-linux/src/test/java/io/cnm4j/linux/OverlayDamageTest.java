package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.tck.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Overlay networks on hosts where others meddle. */
@Tag("kernel")
class OverlayDamageTest extends FreshCluster {
    private static final NetworkRequest NETWORK = NetworkRequest.builder()
            .name("net")
            .driver("overlay")
            .internal(true)
            .build();

    @Test
    void aNetworkWhoseNamespaceSomebodyUnmountedIsRepairedAndHasTraffic() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            Underlay.Host two = underlay.host(2);
            Sandbox a = joined(one, one.controller().createNetwork(NETWORK), "a");
            Waiting.until(() -> !two.controller().networks().isEmpty());
            Sandbox b = joined(two, two.controller().networkByName("net"), "b");
            for (String present : one.present()) {
                TestNetns.inHere(
                        "umount", a.namespacePath().resolveSibling(present).toString());
            }
            assertThat(one.controller().check()).isNotEmpty();
            Waiting.until(
                    () -> one.controller().repair(one.controller().check()).isEmpty());
            assertThat(one.controller().check()).isEmpty();
            Waiting.until(() -> Lab.reaches(a, Lab.address(b, Family.IPV4)));
            assertThat(Lab.reaches(a, Lab.address(b, Family.IPV4))).isTrue();
        }
    }

    @Test
    void aVxlanDeviceOfSomebodyElseIsNamedAndNothingStays() {
        try (var underlay = new Underlay(directory, store, 1, false)) {
            Underlay.Host host = underlay.host(1);
            Network network = host.controller().createNetwork(NETWORK);
            host.namespace().run("ip", "link", "add", "theirs", "type", "vxlan", "id", "4096", "dstport", "4789");
            Sandbox sandbox = host.controller().createSandbox(SandboxRequest.forContainer("a"));
            assertThatThrownBy(() -> network.connect(sandbox, EndpointRequest.named("a")))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("VNI 4096 at port 4789");
            Network hurried = host.controller().within(Duration.ofSeconds(2)).networkByName("net");
            assertThatThrownBy(() -> hurried.connect(sandbox, EndpointRequest.named("a")))
                    .as("it may be on its way out, but the caller does not wait for that")
                    .isInstanceOf(DeadlineException.class);
            assertThat(host.present()).isEmpty();
            assertThat(network.endpoints()).isEmpty();
            host.namespace().run("ip", "link", "del", "theirs");
            network.connect(sandbox, EndpointRequest.named("a"));
            assertThat(host.controller().check()).isEmpty();
        }
    }

    private static Sandbox joined(Underlay.Host host, Network network, String container) {
        Sandbox sandbox = host.controller().createSandbox(SandboxRequest.forContainer(container));
        network.connect(sandbox, EndpointRequest.named(container));
        return sandbox;
    }
}
