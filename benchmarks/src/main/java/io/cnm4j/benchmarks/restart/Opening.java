package io.cnm4j.benchmarks.restart;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.linux.LinuxControllerProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/** Opens a controller in a JVM of its own and says how long that took, from the call of {@code open} on: no class is loaded yet. */
final class Opening {
    private Opening() {}

    /**
     * Opens it.
     *
     * @param args host namespace, state directory, run directory
     */
    public static void main(String[] args) {
        ControllerConfig config = ControllerConfig.builder()
                .hostNamespace(Path.of(args[0]))
                .stateDirectory(Path.of(args[1]))
                .runDirectory(Path.of(args[2]))
                .build();
        long start = System.nanoTime();
        try (NetworkController controller = new LinuxControllerProvider().open(config)) {
            System.out.println(
                    (System.nanoTime() - start) + " " + controller.sandboxes().size());
        }
    }

    /** Returns how many nanoseconds it took in a fresh JVM. */
    static long inFreshJvm(ControllerConfig config) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opening.class.getName(),
                        config.hostNamespace().orElseThrow().toString(),
                        config.stateDirectory().toString(),
                        config.runDirectory().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String said;
        try (var output = process.getInputStream()) {
            said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (process.waitFor() != 0) {
            throw new IOException("the fresh JVM failed: " + said);
        }
        return Long.parseLong(said.split(" ", 2)[0]);
    }

    /** Returns the configuration with no container alive. */
    static ControllerConfig withoutContainers(ControllerConfig config) {
        return new ControllerConfig.Builder()
                .from(config)
                .activeContainers(Set.of())
                .build();
    }
}
