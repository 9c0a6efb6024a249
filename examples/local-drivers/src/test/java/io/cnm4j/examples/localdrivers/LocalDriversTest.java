package io.cnm4j.examples.localdrivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class LocalDriversTest {
    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRoot();
    }

    @Test
    void everyDriverDoesWhatItSays() throws Exception {
        assertThat(ExampleRun.told(LocalDrivers::main))
                .contains("bridge-nat", "macvlan", "nothing", "host")
                .endsWith("local-drivers: ok\nleaks: 0\n");
    }
}
