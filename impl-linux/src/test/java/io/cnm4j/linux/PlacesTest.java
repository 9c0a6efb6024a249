package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** Default networks; sandboxes in the host's namespace, in another sandbox', and in one with nothing but a loopback. */
class PlacesTest {
    @TempDir
    Path directory;

    private static Lab withDefaults(Path directory) {
        return new Lab(directory, KernelTap.NONE, config -> config.defaultNetworks(true));
    }

    /** Opens without default networks, so that they can be deleted. */
    private void clear() {
        new Lab(directory).close();
    }

    private static Sandbox sandbox(Lab lab, String container, boolean host) {
        return lab.controller()
                .createSandbox(SandboxRequest.builder()
                        .containerId(container)
                        .hostNamespace(host)
                        .build());
    }

    private static Set<String> interfaces(Sandbox sandbox) {
        return sandbox.statistics().keySet();
    }

    @KernelTest // BD-01, EG-02, HN-01
    void defaultNetworksAreThereAndStay() {
        Lab lab = withDefaults(directory);
        try {
            NetworkController cnm = lab.controller();
            assertThat(cnm.networks()).extracting(Network::name).containsExactly("bridge", "host", "none");
            TestNetns.inHere("ip", "link", "show", "dev", "cnm0");
            for (Network network : cnm.networks()) {
                assertThatThrownBy(network::delete).isInstanceOf(InvalidRequestException.class);
                assertThatThrownBy(() -> cnm.createNetwork(NetworkRequest.named(network.name())))
                        .isInstanceOf(InvalidRequestException.class);
            }
            assertThatThrownBy(() -> cnm.createNetwork(NetworkRequest.named("default")))
                    .isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(() -> cnm.createNetwork(NetworkRequest.builder()
                            .name("second")
                            .driver("host")
                            .build()))
                    .isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> cnm.networkByName("bridge") // EG-06
                            .createEndpoint(EndpointRequest.builder()
                                    .name("fixed")
                                    .ipv4(IpAddress.parse("172.17.0.9"))
                                    .build()))
                    .isInstanceOf(InvalidRequestException.class);
            List<String> before = cnm.networks().stream()
                    .map(network -> network.inspect().toString())
                    .toList();
            lab.reopen();
            assertThat(lab.controller().networks())
                    .extracting(network -> network.inspect().toString())
                    .isEqualTo(before);
        } finally {
            lab.controller().close();
        }
        clear();
    }

    @KernelTest // BD-01
    void aDefaultBridgeThatServesNobodyFollowsItsRequest() {
        NetworkRequest wanted = NetworkRequest.builder()
                .name("bridge")
                .addSubnets(SubnetRequest.of("10.66.0.0/24"))
                .putOptions("com.docker.network.bridge.name", "other0")
                .build();
        NetworkController first = withDefaults(directory).controller();
        first.close();
        NetworkController second = new Lab(
                        directory,
                        KernelTap.NONE,
                        config -> config.defaultNetworks(true).defaultBridge(wanted))
                .controller();
        assertThat(second.networkByName("bridge").inspect().driverNote()).containsEntry("bridge", "other0");
        assertThat(TestNetns.inHere("ip", "link")).doesNotContain("cnm0").contains("other0");
        second.createSandbox(SandboxRequest.forContainer("one"));
        second.networkByName("bridge").connect(second.sandboxByContainer("one"), EndpointRequest.named("one"));
        second.close();
        NetworkController third = withDefaults(directory).controller();
        assertThat(third.networkByName("bridge").inspect().driverNote())
                .as("it serves one")
                .containsEntry("bridge", "other0");
        third.close();
        clear();
    }

    @KernelTest // HN-02, HN-04, SB-10
    void aSandboxInTheHostHasTheHostsInterfaces() throws Exception {
        try (var lab = new Lab(directory)) {
            Network host = lab.controller()
                    .createNetwork(
                            NetworkRequest.builder().name("mine").driver("host").build());
            Network web = lab.network("web");
            Sandbox one = sandbox(lab, "one", true);
            Endpoint endpoint = host.connect(one, EndpointRequest.named("one"));
            assertThat(endpoint.inspect().addresses()).isEmpty();
            assertThat(endpoint.inspect().interfaceName()).isEmpty();
            String bridge = web.inspect().driverNote().get("bridge");
            assertThat(interfaces(one)).contains(bridge);
            Process process = one.start(new ProcessBuilder("ip", "link", "show", "dev", bridge));
            assertThat(process.waitFor()).isZero();
            assertThat(echoes(in(lab.connected(web, "two")), gateway(web))).isTrue();
            assertThatThrownBy(() -> web.connect(one, EndpointRequest.named("one")))
                    .isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(endpoint::disconnect).isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(() -> host.connect(lab.sandbox("three"), EndpointRequest.named("three")))
                    .isInstanceOf(InvalidRequestException.class);
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            assertThat(interfaces(lab.controller().sandboxByContainer("one"))).contains(bridge);
            lab.controller().sandboxByContainer("one").delete();
        }
    }

    private static String gateway(Network network) {
        return network.inspect().subnets().get(0).gateway().orElseThrow().toString();
    }

    @KernelTest // HN-03
    void aSandboxOnNoneHasALoopbackAndNothingElse() {
        try (var lab = new Lab(directory)) {
            Network none = lab.controller()
                    .createNetwork(
                            NetworkRequest.builder().name("mine").driver("none").build());
            Sandbox one = lab.connected(none, "one");
            assertThat(interfaces(one)).containsExactly("lo");
            assertThat(echoes(in(one), "127.0.0.1")).isTrue();
            Network web = lab.network("web");
            assertThatThrownBy(() -> web.connect(one, EndpointRequest.named("one")))
                    .isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> none.createEndpoint(EndpointRequest.builder()
                            .name("fixed")
                            .ipv4(IpAddress.parse("10.0.0.9"))
                            .build()))
                    .isInstanceOf(InvalidRequestException.class);
            lab.reopen();
            assertThat(lab.controller().check()).isEmpty();
            lab.controller().networkByName("mine").endpointByName("one").disconnect();
            lab.controller()
                    .networkByName("web")
                    .connect(lab.controller().sandboxByContainer("one"), EndpointRequest.named("one"));
        }
    }

    @KernelTest // EG-12
    void aSandboxThatSharesHasTheSameNamespaceAndFiles() {
        try (var lab = new Lab(directory)) {
            Network web = lab.network("web");
            Sandbox one = lab.connected(web, "one");
            Sandbox two = share(lab, "two", "one");
            Sandbox three = share(lab, "three", "two");
            assertThat(two.namespacePath()).isEqualTo(one.namespacePath());
            assertThat(three.inspect().sharedWith()).contains(one.id());
            assertThat(two.inspect().hostsFile()).isEqualTo(one.inspect().hostsFile());
            assertThat(interfaces(two)).containsExactlyInAnyOrder("eth0", "lo");
            assertThatThrownBy(() -> web.connect(two, EndpointRequest.named("two")))
                    .isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(one::delete).isInstanceOf(InUseException.class).hasMessageContainingAll("two", "three");
            assertThatThrownBy(() -> share(lab, "four", "nobody")).isInstanceOf(NotFoundException.class);
            two.delete();
            three.delete();
            assertThat(echoes(in(one), Lab.address(one, Family.IPV4))).isTrue();
            one.delete();
        }
    }

    @KernelTest
    void whatSharesGoesWithWhatItSharesWhenAControllerOpens() {
        var active = new ArrayList<Set<String>>(List.of(Set.of("one", "two")));
        try (var lab = new Lab(directory, KernelTap.NONE, config -> config.activeContainers(active.get(0)))) {
            lab.sandbox("one");
            share(lab, "two", "one");
            share(lab, "three", "one");
            lab.reopen();
            assertThat(lab.controller().sandboxes())
                    .extracting(Sandbox::containerId)
                    .containsExactly("one", "two");
            active.set(0, Set.of("two"));
            lab.reopen();
            assertThat(lab.controller().sandboxes()).isEmpty();
        }
    }

    private static Sandbox share(Lab lab, String container, String with) {
        return lab.controller()
                .createSandbox(SandboxRequest.builder()
                        .containerId(container)
                        .sharedWith(with)
                        .build());
    }
}
