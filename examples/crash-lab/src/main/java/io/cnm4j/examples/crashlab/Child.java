package io.cnm4j.examples.crashlab;

import io.cnm4j.api.model.ControllerConfig;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link Victim} in a JVM of its own, seen from its parent. Used by one thread. */
final class Child implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final PrintStream orders;
    private final LinkedBlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    private final Thread reader;

    private Child(Process process) {
        this.process = process;
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.reader = new Thread(this::read, "reader of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts one that waits to be told to open. */
    static Child start(ControllerConfig config, File errors) throws IOException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        config.hostNamespace().orElseThrow().toString(),
                        config.stateDirectory().toString(),
                        config.runDirectory().toString())
                .redirectError(ProcessBuilder.Redirect.appendTo(errors))
                .start();
        return new Child(process);
    }

    private void read() {
        try (var text = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            text.lines().forEach(line -> lines.add(Optional.of(line)));
        } catch (IOException | java.io.UncheckedIOException closed) {
            // it was killed
        }
        lines.add(Optional.empty());
    }

    /** Tells it to open; it dies at this call, unless that is 0. */
    void open(int call, boolean before) {
        send("open " + call + " " + (before ? "before" : "after"));
    }

    void send(String order) {
        orders.println(order);
    }

    /** Returns what it says next; empty when it is dead. */
    Optional<String> next() throws InterruptedException {
        Optional<String> line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new IllegalStateException(
                    "process " + process.pid() + " said nothing for " + PATIENCE_SECONDS + " seconds");
        }
        return line;
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Waits for its end and returns its exit code. */
    int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends it, if it still lives, and waits until nothing of it is left. */
    @Override
    public void close() throws InterruptedException {
        kill();
        await();
        reader.join();
        orders.close();
    }
}
