package io.cnm4j.examples.localdrivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class CapacityTest {
    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRoot();
    }

    @Test
    void allReachAllOnSeveralBridges() throws Exception {
        assertThat(ExampleRun.told(Capacity::main, "40"))
                .contains("1560 arrived", "room for 2046")
                .endsWith("capacity: ok\nleaks: 0\n");
    }
}
