package io.cnm4j.examples.dockerplugin;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Docker's engine, in a network namespace that is given to it and a mount namespace of its own. The machine's own one is not touched. */
final class Engine implements AutoCloseable {
    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 30;
    private static final int COMMAND_SECONDS = 120;

    private final Path directory;
    private final Process process;

    /**
     * Starts an engine and waits until it answers.
     *
     * @param host its network namespace
     * @param directory where it keeps everything
     * @param plugins a directory that it sees as {@code /run/docker/plugins}
     */
    Engine(Path host, Path directory, Path plugins) throws Exception {
        this.directory = directory;
        String script = "hostname cnm4j-engine; mkdir -p /run/docker /var/lib/docker;"
                + " mount -t tmpfs t /run/docker; mount -t tmpfs t /var/lib/docker;"
                + " mkdir /run/docker/plugins; mount --bind \"$2\" /run/docker/plugins;"
                + " exec dockerd --storage-driver=vfs --exec-root \"$1/exec\" --data-root \"$1/data\" --pidfile \"$1/pid\""
                + " -H \"unix://$1/docker.sock\" --bridge=none --iptables=false --ip-forward=false";
        this.process = new ProcessBuilder(
                        "nsenter",
                        "--net=" + host,
                        "unshare",
                        "--mount",
                        "--uts",
                        "sh",
                        "-ec",
                        script,
                        "sh",
                        directory.toString(),
                        plugins.toString())
                .redirectErrorStream(true)
                .redirectOutput(log())
                .start();
        awaitAnswer();
    }

    private File log() {
        return directory.resolve("dockerd.log").toFile();
    }

    private void awaitAnswer() throws Exception {
        for (int tries = START_SECONDS * 10; tries > 0 && process.isAlive(); tries--) {
            if (run(List.of("version")).status == 0) {
                return;
            }
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        close();
        throw new IllegalStateException("dockerd does not answer; it logged: " + Files.readString(log().toPath()));
    }

    /** What a command came to. */
    private record Outcome(int status, String text) {}

    private Outcome run(List<String> words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("docker", "-H", "unix://" + directory.resolve("docker.sock")));
        command.addAll(words);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DOCKER_API_VERSION", "1.41"); // the client may be newer than the engine
        Process client = builder.start();
        client.getOutputStream().close();
        String text = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!client.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
            client.destroyForcibly();
            throw new IllegalStateException(command + " does not end");
        }
        return new Outcome(client.exitValue(), text.strip());
    }

    /** Runs {@code docker} with these words and returns what it printed; throws if it fails. */
    String docker(String... words) throws Exception {
        Outcome outcome = run(List.of(words));
        if (outcome.status != 0) {
            throw new IllegalStateException("docker " + String.join(" ", words) + ": " + outcome.text);
        }
        return outcome.text;
    }

    /** Tells whether {@code docker} with these words succeeds. */
    boolean succeeds(String... words) throws Exception {
        return run(List.of(words)).status == 0;
    }

    /** Makes the image {@code bb}: busybox and nothing else. */
    void makeImage() throws Exception {
        Path root = Files.createDirectories(directory.resolve("image"));
        for (String name : List.of("bin", "proc", "sys", "dev", "etc", "tmp")) {
            Files.createDirectories(root.resolve(name));
        }
        Path busybox = List.of("/bin/busybox", "/usr/bin/busybox").stream()
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        Files.copy(busybox, root.resolve("bin/busybox"));
        root.resolve("bin/busybox").toFile().setExecutable(true);
        Path tar = directory.resolve("bb.tar");
        int status = new ProcessBuilder("tar", "-C", root.toString(), "-cf", tar.toString(), ".")
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("tar failed with status " + status);
        }
        docker("import", tar.toString(), "bb");
    }

    /** Stops it and waits for its end. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
