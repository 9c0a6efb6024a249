package io.cnm4j.examples.publish;

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
class PublishTest {
    @BeforeEach
    void needsRoot() throws Exception {
        boolean root = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
        assumeTrue(root, "makes network namespaces; run as root or under unshare -rnm");
    }

    @Test
    void theWebServerIsReachedFromWhereItShouldBe() throws Exception {
        PrintStream out = System.out;
        var told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            Publish.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        assertThat(told.toString(StandardCharsets.UTF_8))
                .contains("neighbour", "host", "same network", "container itself")
                .endsWith("publish: ok\nleaks: 0\n");
    }
}
