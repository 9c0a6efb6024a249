package io.cnm4j.examples.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class NamesTest {
    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRoot();
    }

    @Test
    void everyClientFindsWhatItShould() throws Exception {
        assertThat(ExampleRun.told(Names::main))
                .contains("web.front", "SRV", "http://web:8080/", "[db, www.example.com]")
                .endsWith("names: ok\nleaks: 0\n");
    }
}
