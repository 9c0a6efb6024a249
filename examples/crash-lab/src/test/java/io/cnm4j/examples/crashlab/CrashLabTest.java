package io.cnm4j.examples.crashlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class CrashLabTest {
    private static final boolean THOROUGH = Boolean.getBoolean("cnm4j.faults"); // -Pfaults

    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRoot();
    }

    @Test
    void nothingThatWasAcknowledgedIsLostAndNothingIsLeft() throws Exception {
        String kills = THOROUGH ? "200" : "10";
        String seed = System.getProperty("cnm4j.seed", "1");
        assertThat(ExampleRun.told(CrashLab::main, "--kills", kills, "--seed", seed))
                .contains("kills=" + kills + " leaks=0 lost=0")
                .containsPattern("plugin-kills=[1-9]\\d* compared=[1-9]")
                .endsWith("crash-lab: ok\nleaks: 0\n");
    }

    @Test
    void connectionsOutliveTheProgram() throws Exception {
        String streams = THOROUGH ? "100" : "10";
        String restarts = THOROUGH ? "20" : "4";
        assertThat(ExampleRun.told(CrashLab::main, "--streams", streams, "--restarts", restarts))
                .contains("streams=" + streams + " restarts=" + restarts + " resets=0 writes=0")
                .endsWith("crash-lab: ok\nleaks: 0\n");
    }
}
