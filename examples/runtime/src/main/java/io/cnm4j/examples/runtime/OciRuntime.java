package io.cnm4j.examples.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Programs that run containers. */
enum OciRuntime {
    RUNC,
    CRUN;

    /** crun 1.8 refuses a host that has both versions of control groups: it gets a mount namespace without the second. */
    private List<String> command() {
        return switch (this) {
            case RUNC -> List.of("runc");
            case CRUN ->
                List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "umount /sys/fs/cgroup/unified 2>/dev/null; exec crun \"$@\"",
                        "sh");
        };
    }

    /**
     * What came of a container.
     *
     * @param status the status with which it ended, or the runtime's
     * @param said all that was written, by the container and the runtime
     */
    record Result(int status, String said) {}

    /** Runs a container to its end. */
    Result run(Path state, Path bundle, String container) throws IOException, InterruptedException {
        var words = new ArrayList<>(command());
        words.addAll(List.of("--root", state.toString(), "run", "--bundle", bundle.toString(), container));
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), said);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
