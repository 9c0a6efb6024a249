package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SandboxUpdate;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sandboxes become other than they were. SB-15, SB-18 to SB-20 */
class UpdateFlowTest {
    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private final FakeHost host = new FakeHost();
    private CoreController cnm = open();

    private CoreController open() {
        return new CoreFixture(
                        CoreFixture.parts(
                                host,
                                new FakeExecutor(host),
                                new BridgeDriver(),
                                new LeaseWatch(),
                                lasting.reopen(),
                                living.reopen(),
                                new Random(1)),
                        System::nanoTime)
                .controller;
    }

    private static EndpointRequest web(String name) {
        return EndpointRequest.builder()
                .name(name)
                .addPublish(PublishedPort.parse("8001:80"))
                .build();
    }

    @Test
    void namesFilesAndLabelsChangeAndTheRestStays() { // SB-18
        Network net = cnm.createNetwork(NetworkRequest.named("net"));
        Sandbox box = cnm.createSandbox(SandboxRequest.builder()
                .containerId("c")
                .hostname("old")
                .addExtraHosts(ExtraHost.parse("printer:192.0.2.9"))
                .build());
        Endpoint endpoint = net.connect(box, web("e"));
        var before = endpoint.inspect();
        box.update(SandboxUpdate.builder().labels(Map.of("tier", "front")).build());
        assertThat(box.inspect().labels()).containsEntry("tier", "front");
        assertThat(host.dump()).contains("printer").contains("\told");
        box.update(SandboxUpdate.builder()
                .hostname("new")
                .extraHosts(List.of(ExtraHost.parse("scanner:192.0.2.10")))
                .build());
        assertThat(host.dump())
                .contains("scanner")
                .contains("\tnew")
                .doesNotContain("printer")
                .doesNotContain("\told");
        assertThat(box.inspect().labels()).containsEntry("tier", "front");
        assertThat(endpoint.inspect()).isEqualTo(before);
        assertThat(cnm.check()).isEmpty();
        cnm.close();
        cnm = open();
        assertThat(host.dump()).contains("scanner");
        assertThat(cnm.check()).isEmpty();
        assertThatThrownBy(() -> SandboxUpdate.builder().hostname("no name").build())
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aSandboxThatSharesAnothersFilesChangesItsLabelsAlone() {
        cnm.createSandbox(SandboxRequest.forContainer("c"));
        Sandbox guest = cnm.createSandbox(
                SandboxRequest.builder().containerId("guest").sharedWith("c").build());
        guest.update(SandboxUpdate.builder().labels(Map.of("a", "b")).build());
        assertThat(guest.inspect().labels()).containsEntry("a", "b");
        assertThatThrownBy(() ->
                        guest.update(SandboxUpdate.builder().hostname("other").build()))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(cnm.check()).isEmpty();
    }

    @Test
    void allEndpointsAreRenamedOrNone() { // SB-19
        Network a = cnm.createNetwork(NetworkRequest.named("a"));
        Network b = cnm.createNetwork(NetworkRequest.named("b"));
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c"));
        a.connect(box, web("old"));
        b.connect(box, EndpointRequest.named("old"));
        b.createEndpoint(EndpointRequest.named("taken"));
        assertThatThrownBy(() -> box.rename("taken")).isInstanceOf(ConflictException.class);
        assertThat(box.endpoints()).extracting(Endpoint::name).containsExactly("old", "old");
        a.createEndpoint(EndpointRequest.named("taken")); // not kept from the rename that failed
        String kernel = host.dump();
        box.rename("new");
        box.rename("new");
        assertThat(host.differencesSince(kernel)).isEmpty();
        assertThat(box.endpoints()).extracting(Endpoint::name).containsExactly("new", "new");
        assertThatThrownBy(() -> a.endpointByName("old")).isInstanceOf(NotFoundException.class);
        assertThat(cnm.check()).isEmpty();
        Endpoint renamed = a.endpointByName("new");
        renamed.disconnect();
        a.connect(box, web("old")); // name and ports are free
        cnm.close();
        cnm = open();
        assertThat(cnm.check()).isEmpty();
        assertThat(cnm.networkByName("b").endpointByName("new").inspect().sandbox())
                .isPresent();
        assertThatThrownBy(() -> cnm.sandboxByContainer("c").rename(" ")).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aServiceIsWithdrawnUntilItIsEnabled() { // SB-20
        Sandbox box = cnm.createSandbox(SandboxRequest.forContainer("c"));
        cnm.createNetwork(NetworkRequest.named("net")).connect(box, EndpointRequest.named("e"));
        assertThat(box.inspect().serviceEnabled()).isTrue();
        box.disableService();
        box.disableService();
        cnm.close();
        cnm = open();
        Sandbox again = cnm.sandboxByContainer("c");
        assertThat(again.inspect().serviceEnabled()).isFalse();
        again.enableService();
        assertThat(again.inspect().serviceEnabled()).isTrue();
        assertThat(cnm.check()).isEmpty();
    }
}
