package io.cnm4j.examples.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class TunnelTest {
    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRealRoot("opens /dev/net/tun");
    }

    @Test
    void callsGetThroughAndTheWireShowsOnlyWhatItMay() throws Exception {
        assertThat(ExampleRun.told(Tunnel::main))
                .contains("the wire did not show it")
                .endsWith("tunnel: ok\nleaks: 0\n");
    }
}
