package io.cnm4j.examples.dockerplugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.examples.quickstart.ExampleRun;
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
        assertThat(ExampleRun.told(DockerPlugin::main)).endsWith("docker-plugin: ok\nleaks: 0\n");
    }
}
