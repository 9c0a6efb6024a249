package io.cnm4j.linux;

import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A further network namespace beside a test's own: the world outside. Closing it lets it go. Wired with {@code ip}. */
public final class TestNetns implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final NamespaceRef namespace;

    private TestNetns(NamespaceRef namespace) {
        this.namespace = namespace;
    }

    /**
     * What a command came to.
     *
     * @param status its exit status
     * @param output what it wrote, to both streams
     */
    public record Result(int status, String output) {}

    /** Makes a namespace held by a new file in {@code directory}. */
    public static TestNetns create(Path directory, String name) {
        NamespaceRef namespace = NamespaceRef.at(directory.resolve(name).toString());
        Permission.WORKERS.call(Deadline.after(LIMIT), () -> {
            Namespaces.create(namespace, Map.of(), KernelTap.NONE);
            return true;
        });
        return new TestNetns(namespace);
    }

    /**
     * Makes a namespace that is wired to the calling thread's by a veth; both ends are up.
     *
     * @param here name of the end in the caller's namespace
     * @param there name of the other end
     */
    public static TestNetns wired(Path directory, String name, String here, String there) {
        TestNetns outside = create(directory, name);
        inHere("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", outside.path());
        inHere("ip", "link", "set", here, "up");
        outside.run("ip", "link", "set", there, "up");
        return outside;
    }

    /** Returns its path. */
    public String path() {
        return namespace.path();
    }

    /** Returns it as plans name it. */
    public NamespaceRef ref() {
        return namespace;
    }

    /** Returns the namespace of the calling thread, valid while the thread lives. */
    public static NamespaceRef here() {
        try {
            return NamespaceRef.at("/proc/" + Files.readSymbolicLink(Path.of("/proc/thread-self")) + "/ns/net");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs a command in the calling thread's namespace; it must succeed. Returns what it wrote. */
    public static String inHere(String... command) {
        return runIn(here(), command);
    }

    /** Runs a command in this namespace; it must succeed. Returns what it wrote. */
    public String run(String... command) {
        return runIn(namespace, command);
    }

    /** Runs a command in a namespace; it must succeed. Returns what it wrote. */
    public static String runIn(NamespaceRef namespace, String... command) {
        Result result = execute(namespace, command);
        if (result.status() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " ended with " + result.status() + ": " + result.output());
        }
        return result.output();
    }

    /** Runs a command in a namespace. */
    public static Result execute(NamespaceRef namespace, String... command) {
        try {
            var builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
            Process process = Permission.LAUNCHER.start(namespace, builder, Deadline.after(LIMIT));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(Arrays.toString(command), e);
        }
    }

    @Override
    public void close() {
        Permission.WORKERS.call(Deadline.after(LIMIT), () -> {
            Namespaces.delete(namespace, KernelTap.NONE);
            return true;
        });
    }
}
