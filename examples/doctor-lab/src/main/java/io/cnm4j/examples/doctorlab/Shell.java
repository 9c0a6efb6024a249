package io.cnm4j.examples.doctorlab;

import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Lines of sh(1) in a namespace. */
record Shell(NamespaceRef namespace) {
    /** Runs it and returns what it prints. */
    String run(String line) throws Exception {
        return Namespaces.visit(namespace, () -> execute(line));
    }

    private static String execute(String line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", line)
                .redirectErrorStream(true)
                .start(); // born where its parent thread is
        process.getOutputStream().close();
        String told;
        try (var output = process.getInputStream()) {
            told = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("'" + line + "' failed with code " + code + ": " + told.strip());
        }
        return told;
    }
}
