package io.cnm4j.examples.crashlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class CrashLabTest {
    private static final boolean THOROUGH = Boolean.getBoolean("cnm4j.faults"); // -Pfaults

    @BeforeEach
    void needsRoot() throws Exception {
        boolean root = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
        assumeTrue(root, "makes network namespaces; run as root or under unshare -rnm");
    }

    private static String run(String... args) throws Exception {
        PrintStream out = System.out;
        var told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            CrashLab.main(args);
        } finally {
            System.setOut(out);
        }
        return told.toString(StandardCharsets.UTF_8);
    }

    @Test
    void nothingThatWasAcknowledgedIsLostAndNothingIsLeft() throws Exception {
        String kills = THOROUGH ? "200" : "10";
        String seed = System.getProperty("cnm4j.seed", "1");
        assertThat(run("--kills", kills, "--seed", seed))
                .contains("kills=" + kills + " leaks=0 lost=0")
                .endsWith("crash-lab: ok\nleaks: 0\n");
    }

    @Test
    void connectionsOutliveTheProgram() throws Exception {
        String streams = THOROUGH ? "100" : "10";
        String restarts = THOROUGH ? "20" : "4";
        assertThat(run("--streams", streams, "--restarts", restarts))
                .contains("streams=" + streams + " restarts=" + restarts + " resets=0 writes=0")
                .endsWith("crash-lab: ok\nleaks: 0\n");
    }
}
