package io.cnm4j.linux;

import static io.cnm4j.linux.BridgeSandboxTest.network;
import static io.cnm4j.linux.Traffic.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.spi.plan.Preview;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes that come with their networks. */
class ArrivalTest {
    @TempDir
    Path directory;

    private static SandboxRequest.Builder request(String container) {
        return SandboxRequest.builder().containerId(container);
    }

    private static EndpointRequest at(String name, String address) {
        return EndpointRequest.builder()
                .name(name)
                .ipv4(IpAddress.parse(address))
                .build();
    }

    private static String addressOn(Network network) {
        return network.endpointByName("one")
                .inspect()
                .addresses()
                .get(0)
                .address()
                .toString();
    }

    @KernelTest // GW-02, SD-02, BP-01
    void aSandboxComesWithAllThatOneConnectAfterTheOtherGivesIt() {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20, true);
            Network db = network(lab, "db", 30, true);
            Sandbox two = lab.connected(db, "two");
            EndpointRequest published = EndpointRequest.builder()
                    .name("one")
                    .addPublish(PublishedPort.parse("8001:80"))
                    .build();
            Sandbox one = lab.controller()
                    .createSandbox(request("one")
                            .connect(web, EndpointRequest.named("one"))
                            .connect(db, published)
                            .build());

            assertThat(one.endpoints()).hasSize(2);
            assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                    .startsWith("default via 10.30.0.1 dev eth1"); // by name
            assertThat(TestNetns.runIn(in(one), "ip", "-4", "address", "show", "dev", "eth0"))
                    .contains("10.20.0.");
            assertThat(Lab.reaches(one, Lab.address(two, Family.IPV4))).isTrue();
            assertThat(Lab.reaches(one, Lab.address(two, Family.IPV6))).isTrue();
            assertThat(Resolver.DIG.find(two, "one", Resolver.Type.A)).containsExactly(addressOn(db));
            assertThat(Resolver.DIG.find(one, "two", Resolver.Type.A)).containsExactly(Lab.address(two, Family.IPV4));
            assertThat(db.endpointByName("one").inspect().ports()).isNotEmpty();
            assertThat(lab.controller().check()).isEmpty();
            lab.controller().destroySandbox("one");
            assertThat(web.endpoints()).isEmpty();
            assertThat(Resolver.DIG.find(two, "one", Resolver.Type.A)).isEmpty();
        }
    }

    @KernelTest
    void itIsRecordedWithThem() {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20, true);
            lab.controller()
                    .createSandbox(request("one")
                            .connect(web, EndpointRequest.named("one"))
                            .build());
            List<String> records = lab.records();
            lab.reopen();
            assertThat(lab.records()).isEqualTo(records);
            assertThat(lab.controller().sandboxByContainer("one").endpoints()).hasSize(1);
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void whatCannotBeConnectedLeavesNothing() {
        try (var lab = new Lab(directory)) {
            lab.warm();
            Network web = network(lab, "web", 20, false);
            Network db = network(lab, "db", 30, false);
            lab.connected(web, "two");
            HostSnapshot before = lab.snapshot();
            List<String> records = lab.records();
            SandboxRequest taken = request("one")
                    .connect(db, EndpointRequest.named("one"))
                    .connect(web, EndpointRequest.named("two"))
                    .build();
            assertThatThrownBy(() -> lab.controller().createSandbox(taken)).isInstanceOf(ConflictException.class);
            SandboxRequest outside = request("one")
                    .connect(db, EndpointRequest.named("one"))
                    .connect(web, at("one", "10.99.0.7"))
                    .build();
            assertThatThrownBy(() -> lab.controller().createSandbox(outside))
                    .isInstanceOf(InvalidRequestException.class);
            Network gone = network(lab, "gone", 40, false);
            gone.delete();
            SandboxRequest nowhere =
                    request("one").connect(gone, EndpointRequest.named("one")).build();
            assertThatThrownBy(() -> lab.controller().createSandbox(nowhere)).isInstanceOf(NotFoundException.class);
            SandboxRequest.Builder sharing = request("one").sharedWith("two").connect(db, EndpointRequest.named("one"));
            assertThatThrownBy(sharing::build) // EG-12
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("leave the connections out");
            assertThat(lab.differences(before)).isEmpty();
            assertThat(lab.records()).isEqualTo(records);

            lab.controller()
                    .createSandbox(
                            request("one").connect(web, at("one", "10.20.0.7")).build()); // name and addresses are free
        }
    }

    @KernelTest
    void aDryRunSaysItAllAndTakesNothing() {
        try (var lab = new Lab(directory)) {
            lab.warm();
            Network web = network(lab, "web", 20, false);
            SandboxRequest request =
                    request("one").connect(web, at("one", "10.20.0.7")).build();
            HostSnapshot before = lab.snapshot();
            Preview preview = lab.controller().dryRun().createSandbox(request);
            assertThat(String.join("\n", preview.render()))
                    .containsSubsequence("unshare --net", "ip link add", "10.20.0.7/24", "hosts");
            assertThat(lab.differences(before)).isEmpty();
            assertThat(lab.controller().sandboxes()).isEmpty();
            lab.controller().createSandbox(request);
            assertThat(lab.controller().check()).isEmpty();
        }
    }
}
