package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads when the kernel says no. */
class RefusalTest {
    @TempDir
    Path directory;

    /** Takes CAP_NET_ADMIN from a worker for one call, so that the kernel itself refuses it. */
    private static final class Powerless implements KernelTap {
        private int countdown = -1;
        private String call = "";
        private @Nullable ThreadCapabilities taken;
        private @Nullable Thread powerless;

        @Override
        public synchronized void before(String next) {
            if ((next.startsWith("ip ") || next.startsWith("nft ")) && countdown-- == 0) {
                call = next;
                powerless = Thread.currentThread();
                taken = ThreadCapabilities.withoutNetAdmin();
            }
        }

        @Override
        public synchronized void after(String next) {
            if (taken != null && powerless == Thread.currentThread()) {
                taken.close();
                taken = null;
            }
        }
    }

    private final Powerless tap = new Powerless();

    @KernelTest
    void eachRefusalNamesTheOperationTheErrorAndWhatToDo() {
        try (var lab = new Lab(directory, tap)) {
            lab.warm();
            int refusals = eachCallOf(
                    lab,
                    () -> lab.controller()
                            .createNetwork(NetworkRequest.builder()
                                    .name("web")
                                    .ipv6(true)
                                    .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                                    .build()));
            Network web = lab.controller().networkByName("web");
            Sandbox one = lab.sandbox("one");
            refusals += eachCallOf(lab, () -> web.connect(one, EndpointRequest.named("one")));
            assertThat(refusals).isGreaterThanOrEqualTo(9);
        }
    }

    private int eachCallOf(Lab lab, Runnable verb) {
        int refusals = 0;
        for (int number = 0; number < 40; number++) {
            HostSnapshot before = lab.snapshot();
            tap.countdown = number;
            tap.call = "";
            try {
                verb.run();
                assertThat(tap.call).as("not refused").isEmpty();
                tap.countdown = -1;
                return refusals;
            } catch (KernelException refused) {
                refusals++;
                assertThat(tap.call).startsWith(refused.operation());
                assertThat(refused.errnoName()).isEqualTo("EPERM");
                assertThat(refused)
                        .hasMessageContaining("'" + refused.operation() + "' failed with EPERM (errno=1)")
                        .hasMessageContaining("run with CAP_NET_ADMIN");
            }
            assertThat(lab.differences(before))
                    .as("left by a refused %s", tap.call)
                    .isEmpty();
        }
        throw new AssertionError("the verb has no end");
    }

    @KernelTest
    void theKernelsOwnWordsAreRepeated() {
        try (var lab = new Lab(directory)) {
            Network web = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("web")
                            .addSubnets(SubnetRequest.of("10.20.0.0/24"))
                            .build());
            Sandbox one = lab.sandbox("one");
            TestNetns.execute(
                    io.cnm4j.spi.plan.NamespaceRef.at(one.namespacePath().toString()),
                    "ip",
                    "route",
                    "add",
                    "default",
                    "dev",
                    "lo");
            assertThatThrownBy(() -> web.connect(one, EndpointRequest.named("one")))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("ip route add default via 10.20.0.1 dev eth0' failed with EEXIST")
                    .hasMessageContaining("; ");
        }
    }

    @KernelTest
    void withoutCapNetAdminTheControllerDoesNotOpen() {
        try (var without = ThreadCapabilities.withoutNetAdmin()) {
            assertThatThrownBy(() -> new Lab(directory))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "this process lacks CAP_NET_ADMIN; run it as root, give it these capabilities, or try it"
                                    + " under 'unshare -rnm'");
        }
        assertThat(directory).isEmptyDirectory();
    }
}
