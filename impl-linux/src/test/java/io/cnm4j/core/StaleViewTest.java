package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.tck.MemoryStore;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What moves to a host that has not heard yet that it left the other one. */
class StaleViewTest {
    private static final EndpointRequest DB = EndpointRequest.builder()
            .name("db")
            .ipv4(IpAddress.parse("10.1.0.9"))
            .build();

    private final MemoryStore shared = new MemoryStore();
    private final ClusterHost old = new ClusterHost(0, shared, new Random(1));
    private final ClusterHost late = new ClusterHost(1, shared, new Random(2));

    @BeforeEach
    void aNetworkThatBothKnow() {
        old.store.settle();
        late.store.settle();
        old.controller.createNetwork(NetworkRequest.builder()
                .name("net")
                .driver("overlay")
                .internal(true)
                .addSubnets(SubnetRequest.of("10.1.0.0/24"))
                .build());
    }

    @AfterEach
    void close() {
        old.controller.close();
        late.controller.close();
    }

    private static Endpoint connect(ClusterHost host, String container, EndpointRequest request) {
        return network(host).connect(host.controller.createSandbox(SandboxRequest.forContainer(container)), request);
    }

    private static Network network(ClusterHost host) {
        return host.controller.networkByName("net");
    }

    private void addressIsRefused() {
        EndpointRequest other = EndpointRequest.builder()
                .name("other")
                .ipv4(IpAddress.parse("10.1.0.9"))
                .build();
        assertThatThrownBy(() -> connect(late, "b", other))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("10.1.0.9");
    }

    @Test
    void nameAndAddressOfAnEndpointThatLeftAreFree() {
        connect(old, "a", DB);
        late.store.hold();
        old.controller.destroySandbox("a");
        assertThat(connect(late, "a", DB).inspect().addresses()).hasToString("[10.1.0.9/24]");
        late.store.settle(); // now it hears of the deletion, and of its own endpoint
        addressIsRefused();
        assertThatThrownBy(() -> connect(late, "c", EndpointRequest.named("db")))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("db");
        assertThat(network(late).endpoints()).hasSize(1);
        assertThat(List.of(shared.list("name/").size(), shared.list("address/").size()))
                .containsExactly(1, 1);
    }

    @Test
    void nameAndAddressOfAnEndpointThatIsThereAreTaken() {
        connect(old, "a", DB);
        late.store.hold();
        assertThatThrownBy(() -> connect(late, "a", DB))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("db");
        addressIsRefused();
        assertThat(network(late).endpoints()).isEmpty();
    }
}
