package io.cnm4j.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class QuickstartTest {
    @Test
    void theStoryTakesTheTurnsItShould() throws Exception {
        ExampleRun.assumeRoot();
        assertThat(ExampleRun.told(Quickstart::main))
                .contains("reads: hello, 10.20.0.")
                .contains("which sees the host's address: 203.0.113.2")
                .endsWith("quickstart: ok\nleaks: 0\n");
    }
}
