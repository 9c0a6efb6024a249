package io.cnm4j.benchmarks.overlay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Commands in namespaces. Stateless. */
final class Shell {
    private Shell() {}

    /** Starts a command in the namespace at this path. */
    static Process start(String namespace, String... command) throws IOException {
        var all = new ArrayList<>(List.of("nsenter", "--net=" + namespace));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    /** Runs a command, which must succeed; returns what it wrote. */
    static String run(String namespace, String... command) throws IOException, InterruptedException {
        Process process = start(namespace, command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " in " + namespace + ": " + output);
        }
        return output;
    }

    /** Runs lines of ip(8), without the word ip. */
    static void ip(String namespace, String... lines) throws IOException, InterruptedException {
        for (String line : lines) {
            run(namespace, ("ip " + line).split(" "));
        }
    }
}
