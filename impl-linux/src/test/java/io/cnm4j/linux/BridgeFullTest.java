package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.model.EndpointRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A bridge has 1,023 ports. */
class BridgeFullTest {
    private static final int PAIRS = 511;

    @TempDir
    Path directory;

    @KernelTest // pain 16
    void aBridgeWithoutPortsLeftIsSaidToBeFull() throws Exception {
        try (var lab = new Lab(directory)) {
            Network web = lab.network("web");
            String bridge = web.inspect().driverNote().get("bridge");
            var lines = new StringBuilder();
            for (int i = 0; i < PAIRS; i++) {
                lines.append(
                        "link add p" + i + " group 77 master " + bridge + " type veth peer name q" + i + " group 77\n");
                lines.append("link set q" + i + " master " + bridge + "\n");
            }
            TestNetns.inHere(
                    "ip",
                    "-batch",
                    Files.writeString(directory.resolve("ports"), lines).toString());
            lab.connected(web, "one");
            Sandbox two = lab.sandbox("two");
            assertThatThrownBy(() -> web.connect(two, EndpointRequest.named("two")))
                    .isInstanceOf(ExhaustedException.class)
                    .hasMessageContainingAll(bridge, "1,023");
            assertThat(two.endpoints()).isEmpty();
            assertThat(lab.controller().check()).isEmpty();
            TestNetns.inHere("ip", "link", "del", "group", "77");
            web.connect(two, EndpointRequest.named("two"));
        }
    }
}
