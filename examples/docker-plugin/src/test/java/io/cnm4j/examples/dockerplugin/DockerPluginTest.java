package io.cnm4j.examples.dockerplugin;

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
class DockerPluginTest {
    @BeforeEach
    void needsAnEngine() throws Exception {
        boolean root = Files.readAllLines(Path.of("/proc/self/uid_map")).stream()
                .anyMatch(line -> line.matches("\\s*0\\s+0\\s+4294967295"));
        assumeTrue(root && "root".equals(System.getProperty("user.name")), "runs Docker's engine; run as real root");
        Process setup = new ProcessBuilder("./setup").redirectErrorStream(true).start();
        String told = new String(setup.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(setup.waitFor() == 0, "no Docker engine can be installed: " + told);
    }

    @Test
    void dockerHasNetworksOfCnm4j() throws Exception {
        PrintStream out = System.out;
        var told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            DockerPlugin.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        assertThat(told.toString(StandardCharsets.UTF_8)).endsWith("docker-plugin: ok\nleaks: 0\n");
    }
}
