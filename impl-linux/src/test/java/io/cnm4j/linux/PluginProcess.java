package io.cnm4j.linux;

import io.cnm4j.tck.FakePlugin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A plug-in that is a process of its own, keeps what it has in a file, and may be killed at one of its calls. */
final class PluginProcess implements AutoCloseable {
    private static final List<String> METHODS = List.of(
            "NetworkDriver.CreateNetwork",
            "NetworkDriver.DeleteNetwork",
            "NetworkDriver.CreateEndpoint",
            "NetworkDriver.DeleteEndpoint",
            "NetworkDriver.Join",
            "NetworkDriver.Leave",
            "NetworkDriver.ProgramExternalConnectivity",
            "NetworkDriver.RevokeExternalConnectivity",
            "IpamDriver.RequestPool",
            "IpamDriver.ReleasePool",
            "IpamDriver.RequestAddress",
            "IpamDriver.ReleaseAddress");

    private final Process process;

    /** Starts it and waits until it listens. */
    PluginProcess(Path socket, Path memory) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx48m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        PluginProcess.class.getName(),
                        socket.toString(),
                        memory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.inputReader().readLine() == null) {
            throw new IOException("the plug-in ended before it listened");
        }
    }

    /**
     * Says when it dies by SIGKILL; it counts its calls anew.
     *
     * @param death at call {@code death / 2}, from 0: if even before it did anything, if odd when it has done it and not answered
     */
    void diesAt(int death) throws IOException {
        process.outputWriter().write(death + "\n");
        process.outputWriter().flush();
        if (process.inputReader().readLine() == null) {
            throw new IOException("the plug-in ended too early");
        }
    }

    /** Tells whether it was killed. */
    boolean isDead() {
        return !process.isAlive();
    }

    /** Returns what it had when it last answered or died; addresses go with their pool. */
    static Set<String> holds(Path memory) throws IOException {
        var holds = new TreeSet<>(Files.exists(memory) ? Files.readAllLines(memory) : List.of());
        if (holds.stream().noneMatch(thing -> thing.startsWith("pool "))) {
            holds.removeIf(thing -> thing.startsWith("address "));
        }
        return holds;
    }

    /** Kills it, if nobody has, and waits for its end. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** The process: socket and file; a line says when it dies. */
    public static void main(String[] args) throws Exception {
        Path socket = Path.of(args[0]);
        Path memory = Path.of(args[1]);
        Path fresh = Path.of(socket + ".fresh"); // nobody calls one that has not got back what it had
        Files.deleteIfExists(fresh);
        try (var plugin = new FakePlugin(fresh)) {
            holds(memory).forEach(plugin::hold);
            var calls = new Calls(plugin, memory);
            METHODS.forEach(method -> plugin.does(method, (body, out) -> calls.take(method, body, out)));
            Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE); // over that of the one before, which was killed
            System.out.println("listening");
            var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                calls.diesAt(Integer.parseInt(line));
                System.out.println("it will");
            }
        }
    }

    /** Calls one after the other, so that what is in the file is what was done. */
    private static final class Calls {
        private final FakePlugin plugin;
        private final Path memory;
        private int death = -1; // never
        private int count;

        private Calls(FakePlugin plugin, Path memory) {
            this.plugin = plugin;
            this.memory = memory;
        }

        private synchronized void diesAt(int when) {
            death = when;
            count = 0;
        }

        private synchronized void take(String method, String body, SocketChannel out)
                throws IOException, InterruptedException {
            boolean due = death >= 0 && count++ == death / 2;
            if (due && death % 2 == 0) {
                die();
            }
            String answer = plugin.act(method, body).orElseThrow();
            Path fresh = Path.of(memory + ".fresh"); // nobody reads half a file
            Files.write(fresh, plugin.holds());
            Files.move(fresh, memory, StandardCopyOption.ATOMIC_MOVE);
            if (due) {
                die();
            }
            FakePlugin.write(out, 200, answer);
        }

        private static void die() throws IOException, InterruptedException {
            new ProcessBuilder(
                            "kill", "-9", String.valueOf(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
            Thread.currentThread().join();
        }
    }
}
