package io.cnm4j.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.tck.FakePlugin;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
    @TempDir
    Path directory;

    private static String told(Path socket, boolean all) {
        var out = new ByteArrayOutputStream();
        boolean hold = ConformanceCommand.tell(socket, new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(hold).isEqualTo(all);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyRuleHasALine() {
        Path socket = directory.resolve("kept.sock");
        try (var plugin = new FakePlugin(socket)) {
            assertThat(told(socket, true)).contains("R01 holds", "R26 holds").endsWith("conformance: ok\n");
            assertThat(plugin.holds()).isEmpty();
        }
    }

    @Test
    void whoIsOfNoTypeBreaksTheFirstRule() {
        Path socket = directory.resolve("nothing.sock");
        try (var plugin = new FakePlugin(socket)) {
            plugin.says("Plugin.Activate", "{\"Implements\":[]}");
            assertThat(told(socket, false))
                    .contains("R01 BROKEN", "R02 not tried")
                    .endsWith("conformance: broken\n");
        }
    }
}
