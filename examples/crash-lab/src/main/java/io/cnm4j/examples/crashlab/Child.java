package io.cnm4j.examples.crashlab;

import io.cnm4j.api.model.ControllerConfig;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link Victim} or a {@link LabPlugin} in a JVM of its own, seen from its parent. Used by one thread. */
final class Child implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final long DYING_SECONDS = 5;
    private static final long POLL_MILLIS = 5;

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

    /** Starts a victim that waits to be told to open. */
    static Child victim(ControllerConfig config, File errors) throws IOException {
        return start(
                Victim.class,
                errors,
                config.hostNamespace().orElseThrow(),
                config.stateDirectory(),
                config.runDirectory(),
                LabPlugin.directory(config));
    }

    /** Starts a plug-in that waits to be told to open. */
    static Child plugin(ControllerConfig config, File errors) throws IOException {
        return start(LabPlugin.class, errors, config.hostNamespace().orElseThrow(), LabPlugin.directory(config));
    }

    private static Child start(Class<?> main, File errors, Path... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        Stream.of(arguments).map(Path::toString).forEach(command::add);
        Process process = new ProcessBuilder(command)
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
        dieAt("open", call, before);
    }

    /** Gives an order; it dies at this call, unless that is 0. */
    void dieAt(String order, int call, boolean before) {
        send(order + " " + call + " " + (before ? "before" : "after"));
    }

    void send(String order) {
        orders.println(order);
    }

    /** Returns what it says next; empty when it is dead. */
    Optional<String> next() throws Exception {
        return next(() -> {});
    }

    /** The same; does this again and again meanwhile. */
    Optional<String> next(Chore meanwhile) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            meanwhile.run();
            Optional<String> line = lines.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (line != null) {
                return line;
            }
        }
        throw new IllegalStateException(
                "process " + process.pid() + " said nothing for " + PATIENCE_SECONDS + " seconds");
    }

    /** What a parent has to do while it waits. */
    interface Chore {
        void run() throws Exception;
    }

    boolean isDead() {
        return !process.isAlive();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Waits for its end, for a while. */
    void awaitDeath() throws InterruptedException {
        process.waitFor(DYING_SECONDS, TimeUnit.SECONDS);
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
