package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.Family;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Bridge networks as a user sees them. */
class BridgeNetworkTest {
    @TempDir
    Path directory;

    @KernelTest
    void sandboxesOfOneNetworkReachEachOtherAndTheirGateway() {
        try (var lab = new Lab(directory)) {
            Network web = lab.network("web");
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            assertThat(Lab.reaches(one, Lab.address(two, Family.IPV4))).isTrue();
            assertThat(Lab.reaches(
                            one,
                            web.inspect()
                                    .subnets()
                                    .get(0)
                                    .gateway()
                                    .orElseThrow()
                                    .toString()))
                    .isTrue();
        }
    }
}
