package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.tck.FakePlugin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

/** Two end at once what was interrupted. RN-11. */
class RemoteSettlingTest {
    private static final String LEAVE = "NetworkDriver.Leave";

    @TempDir
    Path directory;

    @KernelTest
    void aRepairThatIsOvertakenIsFine() throws Exception {
        try (var plugin = new FakePlugin(directory.resolve("plugins/weave.sock"));
                var lab = new Lab(
                        directory,
                        KernelTap.NONE,
                        config -> config.callTimeout(Duration.ofSeconds(30))
                                .addPluginDirectories(directory.resolve("plugins")))) {
            Network network = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("net")
                            .driver("weave")
                            .addSubnets(SubnetRequest.of("10.20.0.0/24"))
                            .build());
            Endpoint endpoint = network.connect(lab.sandbox("one"), EndpointRequest.named("one"));
            plugin.does(LEAVE, (body, out) -> {}); // hangs up
            assertThatThrownBy(endpoint::leave).isInstanceOf(PluginException.class);
            var asked = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            plugin.does(LEAVE, (body, out) -> {
                asked.countDown();
                goOn.await();
                plugin.normal(LEAVE, body, out);
            });
            Finding finding = new Finding(
                    Finding.Kind.OUTSIDE, "endpoint " + endpoint.id(), "endpoint", Optional.empty(), "interrupted");
            var first = new FutureTask<>(() -> lab.controller().repair(List.of(finding)));
            new Thread(first, "repairs").start();
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            var second = new FutureTask<>(() -> lab.controller().repair(List.of(finding)));
            var waiting = new Thread(second, "repairs too");
            waiting.start();
            await().until(() ->
                    waiting.getState() == Thread.State.TIMED_WAITING || waiting.getState() == Thread.State.WAITING);
            goOn.countDown();
            assertThat(first.get(30, TimeUnit.SECONDS)).isEmpty();
            assertThat(second.get(30, TimeUnit.SECONDS)).isEmpty();
            assertThat(endpoint.inspect().sandbox()).isEmpty();
            assertThat(plugin.holds())
                    .containsExactlyInAnyOrder("network " + network.id(), "endpoint " + endpoint.id());
        }
    }
}
