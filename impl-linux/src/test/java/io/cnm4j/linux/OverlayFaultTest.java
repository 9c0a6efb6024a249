package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.tck.Together;
import io.cnm4j.tck.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kernel and local store call of joining an overlay network, and of leaving it, fails in turn, before it happens and after. */
@Tag("kernel")
class OverlayFaultTest extends FreshCluster {
    private final FaultTap tap = new FaultTap();

    @ParameterizedTest(name = "encrypted: {0}, {1}")
    @CsvSource({"false, BEFORE", "false, AFTER", "true, BEFORE", "true, AFTER"})
    void aFailureLeavesNothing(boolean encrypted, FaultTap.Moment moment) {
        try (var underlay = new Underlay(directory, store, 1, false, config -> config, tap)) {
            Underlay.Host host = underlay.host(1);
            Network network = host.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("net")
                            .driver("overlay")
                            .internal(true)
                            .options(encrypted ? Map.of("encrypted", "") : Map.of())
                            .build());
            Sandbox sandbox = host.controller().createSandbox(SandboxRequest.forContainer("a"));
            network.connect(sandbox, EndpointRequest.named("warm")).disconnect();
            Together.run(8, thread -> host.controller().check()); // workers keep their sockets
            HostSnapshot before = snapshot(host);
            int number = 0;
            while (!succeeds(() -> network.connect(sandbox, EndpointRequest.named("e")), number, moment)) {
                assertThat(differences(before, host))
                        .as("connect failed %s call %s: %s", moment, number, tap.calls)
                        .isEmpty();
                assertThat(host.present()).isEmpty();
                assertThat(network.endpoints()).isEmpty();
                number++;
            }
            assertThat(number).as("failures of connect").isGreaterThan(encrypted ? 7 : 5);
            assertThat(host.controller().check()).isEmpty();
            number = 0;
            while (!network.endpoints().isEmpty()
                    && !succeeds(() -> network.endpointByName("e").disconnect(), number, moment)) {
                number++;
            }
            assertThat(number).as("failures of disconnect").isPositive();
            assertThat(host.controller().repair(host.controller().check())).isEmpty();
            Waiting.until(() -> host.present().isEmpty());
            assertThat(host.present()).isEmpty();
            assertThat(differences(before, host)).isEmpty();
        }
    }

    private HostSnapshot snapshot(Underlay.Host host) {
        return HostSnapshot.of(
                List.of(Path.of(host.namespace().path())), List.of(directory.resolve("run1")), directory);
    }

    /** Of sockets only the tunnel's is looked for: the store's client has as many as it likes. */
    private static List<String> differences(HostSnapshot before, Underlay.Host host) {
        List<String> all = HostSnapshot.awaitSame(before, Deadline.after(Duration.ofSeconds(2))).stream()
                .filter(difference -> !difference.contains("open descriptor of kind socket"))
                .toList();
        return host.namespace().run("cat", "/proc/net/udp").contains(":1194 ") // 4500
                ? List.of("the tunnel's socket, and " + all)
                : all;
    }

    /** Runs the verb with its n-th call failing. */
    private boolean succeeds(Runnable verb, int number, FaultTap.Moment moment) {
        tap.arm(number, moment);
        try {
            verb.run();
            return true;
        } catch (CnmException failure) {
            assertThat(tap.hasFailed()).as("failed by itself: %s", failure).isTrue();
            return false;
        } finally {
            tap.disarm();
        }
    }
}
