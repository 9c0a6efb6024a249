package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.tck.Together;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** Many callers at once. */
class ParallelTest {
    @TempDir
    Path directory;

    @KernelTest
    void sixtyFourConnectsAtOnceAllSucceedWithAddressesOfTheirOwn() {
        try (var lab = new Lab(directory)) {
            Network web = lab.network("web");
            List<Sandbox> sandboxes =
                    IntStream.range(0, 64).mapToObj(i -> lab.sandbox("box" + i)).toList();
            Together.run(64, i -> web.connect(sandboxes.get(i), EndpointRequest.named("box" + i)));
            assertThat(web.endpoints()).hasSize(64);
            assertThat(web.endpoints().stream()
                            .map(Endpoint::inspect)
                            .flatMap(endpoint -> endpoint.addresses().stream()))
                    .hasSize(64)
                    .doesNotHaveDuplicates();
            String last = Lab.address(sandboxes.get(63), Family.IPV4);
            assertThat(Lab.reaches(sandboxes.get(0), last)).isTrue();
            Together.run(64, i -> sandboxes.get(i).delete());
            assertThat(web.endpoints()).isEmpty();
        }
    }

    @KernelTest
    void thirtyTwoCreatesOfOneNameMakeOneNetwork() {
        try (var lab = new Lab(directory)) {
            var made = new AtomicInteger();
            Together.run(32, i -> {
                try {
                    lab.network("web");
                    made.incrementAndGet();
                } catch (ConflictException taken) {
                    assertThat(taken).hasMessageContaining("'web'").hasMessageContaining("choose another name");
                }
            });
            assertThat(made).hasValue(1);
            assertThat(lab.controller().networks()).hasSize(1);
            assertThat(TestNetns.inHere("ip", "-o", "link", "show", "type", "bridge")
                            .lines())
                    .hasSize(1);
        }
    }

    @KernelTest
    void thirtyTwoCreatesOfWhatMayExistAllGetTheSame() {
        try (var lab = new Lab(directory)) {
            Together.run(32, i -> lab.controller().createNetworkIfAbsent(NetworkRequest.named("web")));
            assertThat(lab.controller().networks()).hasSize(1);
        }
    }
}
