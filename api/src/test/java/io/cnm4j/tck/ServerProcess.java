package io.cnm4j.tck;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real server, started for a test. It can be killed, started again on the same data, paused and resumed. Not thread-safe. */
public final class ServerProcess implements AutoCloseable {
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(30);

    private final List<String> command;
    private final Path log;
    private final BooleanSupplier ready;
    private @Nullable Process process;

    /**
     * Names a server; starts nothing.
     *
     * @param command what starts it in the foreground
     * @param log where its output goes
     * @param ready whether it answers
     */
    public ServerProcess(List<String> command, Path log, BooleanSupplier ready) {
        this.command = List.copyOf(command);
        this.log = log;
        this.ready = ready;
    }

    /** Returns a TCP port of the loopback that was free a moment ago. */
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it; does not wait. */
    public void launch() {
        try {
            File output = log.toFile();
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot start " + command.get(0) + "; .ci/setup installs the packages of the tests", e);
        }
    }

    /** Starts it and waits until it answers. */
    public void start() {
        launch();
        awaitReady();
    }

    /** Waits until it answers. */
    public void awaitReady() {
        long end = System.nanoTime() + LIMIT;
        while (!ready.getAsBoolean()) {
            if (System.nanoTime() > end || !running().isAlive()) {
                throw new AssertionError(command.get(0) + " does not answer; see " + log);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private Process running() {
        return java.util.Objects.requireNonNull(process, "not started");
    }

    /** Kills it with signal 9. */
    public void kill() {
        running().destroyForcibly();
        try {
            running().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops it in the middle: connections stay and nothing answers. */
    public void pause() {
        signal("-STOP");
        Waiting.until(this::isStopped); // its other threads may be in the middle of an answer
    }

    /** Tells whether every thread is stopped, by the state after the name in proc_pid_stat(5). */
    private boolean isStopped() {
        Path threads = Path.of("/proc", String.valueOf(running().pid()), "task");
        try (Stream<Path> all = Files.list(threads)) {
            for (Path thread : all.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException | UncheckedIOException ended) { // a thread ends before it is stopped: look again
            return false;
        }
    }

    /** Lets it go on. */
    public void resume() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", signal, String.valueOf(running().pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot signal " + command.get(0), e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            resume();
            kill();
        }
    }
}
