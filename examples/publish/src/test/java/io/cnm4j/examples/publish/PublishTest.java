package io.cnm4j.examples.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class PublishTest {
    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRoot();
    }

    @Test
    void theWebServerIsReachedFromWhereItShouldBe() throws Exception {
        assertThat(ExampleRun.told(Publish::main))
                .contains("neighbour", "host", "same network", "container itself")
                .endsWith("publish: ok\nleaks: 0\n");
    }
}
