package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.EndpointSnapshot;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PruneFilter;
import io.cnm4j.api.model.SubnetRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** EG-11, NM-05, and section 9.5: what goes when nobody uses it, and a network in Docker's words. */
class PruneAndInspectTest {
    @TempDir
    Path directory;

    private static Network labelled(NetworkController cnm, String name, Map<String, String> labels) {
        return cnm.createNetwork(
                NetworkRequest.builder().name(name).putAllLabels(labels).build());
    }

    private static List<String> names(NetworkController cnm) {
        return cnm.networks().stream().map(Network::name).toList();
    }

    @KernelTest
    void pruneTakesWhatNobodyUsesAndFits() {
        var lab = new Lab(directory, KernelTap.NONE, config -> config.defaultNetworks(true));
        try {
            NetworkController cnm = lab.controller();
            Network used = labelled(cnm, "used", Map.of());
            used.createEndpoint(EndpointRequest.named("waiting"));
            labelled(cnm, "red", Map.of("colour", "red"));
            labelled(cnm, "blue", Map.of("colour", "blue", "keep", ""));
            labelled(cnm, "plain", Map.of());
            Instant yesterday = Instant.now().minus(Duration.ofDays(1));

            assertThat(cnm.pruneNetworks(PruneFilter.builder().until(yesterday).build()))
                    .isEmpty();
            assertThat(cnm.pruneNetworks(
                            PruneFilter.builder().addLabels("colour=red").build()))
                    .containsExactly("red");
            assertThat(cnm.pruneNetworks(PruneFilter.builder()
                            .addLabels("colour")
                            .addWithoutLabels("keep")
                            .build()))
                    .isEmpty();
            assertThat(cnm.pruneNetworks(PruneFilter.builder()
                            .addWithoutLabels("keep")
                            .until(Instant.now())
                            .build()))
                    .containsExactly("plain");
            assertThat(names(cnm)).containsExactly("blue", "bridge", "host", "none", "used");
            assertThat(cnm.pruneNetworks(PruneFilter.all())).containsExactly("blue");
            used.endpointByName("waiting").delete();
            assertThat(cnm.pruneNetworks(PruneFilter.all())).containsExactly("used");
            assertThat(names(cnm)).containsExactly("bridge", "host", "none");
            assertThat(cnm.check()).isEmpty();
            assertThatThrownBy(() -> PruneFilter.builder().addLabels("=red").build())
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'=red'");
        } finally {
            lab.reopen(config -> config);
            lab.close();
        }
    }

    @KernelTest
    void aNetworkIsPrintedAsDockerPrintsOne() {
        try (var lab = new Lab(directory)) {
            Network shop = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("shop")
                            .putOptions("com.docker.network.driver.mtu", "1400")
                            .putLabels("colour", "red")
                            .addSubnets(SubnetRequest.builder()
                                    .pool(IpPrefix.parse("10.20.0.0/24"))
                                    .range(IpPrefix.parse("10.20.0.128/25"))
                                    .gateway(IpAddress.parse("10.20.0.9"))
                                    .putAuxiliary("printer", IpAddress.parse("10.20.0.7"))
                                    .build())
                            .build());
            Sandbox one = lab.sandbox("container-one");
            EndpointSnapshot till =
                    shop.connect(one, EndpointRequest.named("till")).inspect();
            shop.createEndpoint(EndpointRequest.named("waiting"));
            JsonNode json = JsonMapper.shared().readTree(shop.inspectJson());
            assertThat(json.propertyNames())
                    .containsExactly(
                            "Name",
                            "Id",
                            "Created",
                            "Scope",
                            "Driver",
                            "EnableIPv4",
                            "EnableIPv6",
                            "IPAM",
                            "Internal",
                            "Attachable",
                            "Ingress",
                            "ConfigFrom",
                            "ConfigOnly",
                            "Containers",
                            "Options",
                            "Labels");
            assertThat(json.get("IPAM").toString())
                    .isEqualTo("{\"Driver\":\"default\",\"Options\":{},\"Config\":[{\"Subnet\":\"10.20.0.0/24\","
                            + "\"IPRange\":\"10.20.0.128/25\",\"Gateway\":\"10.20.0.9\","
                            + "\"AuxiliaryAddresses\":{\"printer\":\"10.20.0.7\"}}]}");
            assertThat(json.get("Options").toString()).isEqualTo("{\"com.docker.network.driver.mtu\":\"1400\"}");
            assertThat(json.get("Labels").toString()).isEqualTo("{\"colour\":\"red\"}");
            assertThat(Instant.parse(json.get("Created").stringValue()))
                    .isEqualTo(shop.inspect().created());
            assertThat(json.get("Containers").get("container-one").toString())
                    .isEqualTo("{\"Name\":\"till\",\"EndpointID\":\""
                            + till.id().value() + "\",\"MacAddress\":\""
                            + till.mac().orElseThrow() + "\",\"IPv4Address\":\"10.20.0.128/24\",\"IPv6Address\":\"\"}");
            assertThat(json.get("Containers").propertyNames())
                    .containsExactly(
                            "container-one",
                            "ep-" + shop.endpointByName("waiting").id().value());
            one.delete();
            shop.endpointByName("waiting").delete();
            shop.delete();
            assertThatThrownBy(shop::inspectJson).isInstanceOf(NotFoundException.class);
        }
    }
}
