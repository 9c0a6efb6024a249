package io.cnm4j.linux;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.process.ProcessLauncher;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Whether this JVM may do what kernel tests do; tried once. */
final class Permission {
    /** Workers in the namespace of the JVM, for test support. They live as long as the JVM. */
    static final NamespaceWorkers WORKERS = new NamespaceWorkers(Path.of("/proc/self/ns/net"));

    /** Starts the processes of test support. */
    static final ProcessLauncher LAUNCHER = new ProcessLauncher(WORKERS);

    // not a constant: a worker's lambda would wait for this class
    private static Optional<String> missing = Optional.empty();
    private static boolean tried;

    private Permission() {}

    /** Returns why kernel tests cannot run here, if they cannot. */
    static synchronized Optional<String> missing() {
        if (!tried) {
            missing = tryIt();
            tried = true;
        }
        return missing;
    }

    /** Tells whether this is root of the machine, not of a user namespace: then nothing may be missing. */
    static boolean isRealRoot() {
        try {
            String[] map =
                    Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+", -1);
            boolean root = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
            return root && map.length == 3 && map[0].equals("0") && map[1].equals("0") && map[2].equals("4294967295");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> tryIt() {
        try {
            Path directory = Files.createTempDirectory("cnm4j-permission");
            NamespaceRef namespace = NamespaceRef.at(directory.resolve("probe").toString());
            try {
                WORKERS.call(Deadline.after(Duration.ofSeconds(30)), () -> {
                    Namespaces.create(namespace, Map.of(), KernelTap.NONE);
                    Namespaces.delete(namespace, KernelTap.NONE);
                    return true;
                });
                return Optional.empty();
            } finally {
                CALLS.rmdir(directory.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (KernelException e) {
            if (e.errno() != Errno.EPERM && e.errno() != Errno.EACCES) {
                throw e;
            }
            return Optional.of(
                    e.operation().startsWith("mount")
                            ? "bind mounts are refused here; run under unshare -rnm"
                            : "network namespaces cannot be made here (" + e.operation() + ": " + e.errnoName()
                                    + "); run as root or under unshare -rnm");
        }
    }
}
