package io.cnm4j.examples.crashlab;

import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Counts what is on the host, without asking cnm4j. */
final class Census {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Census() {}

    /** Waits until the kernel has cleaned up behind namespaces that went; goes on only if the host holds what the world says. */
    static void take(ControllerConfig config, World world) throws Exception {
        Map<String, Long> wanted = Map.of(
                "bridges", world.count("network"),
                "ports", world.joined(),
                "namespaces", world.count("sandbox"),
                "directories", world.count("sandbox"));
        long end = System.nanoTime() + PATIENCE_NANOS;
        Map<String, Long> found = count(config);
        while (!found.equals(wanted) && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE_NANOS);
            found = count(config);
        }
        Loss.unless(found.equals(wanted), "the host has " + new TreeMap<>(found) + ", not " + new TreeMap<>(wanted));
    }

    private static Map<String, Long> count(ControllerConfig config) throws Exception {
        var counts = new TreeMap<String, Long>();
        NamespaceRef host = NamespaceRef.at(config.hostNamespace().orElseThrow().toString());
        Namespaces.visit(host, () -> {
            counts.put("bridges", links("br-"));
            counts.put("ports", links("veth") - links("cnm")); // a plug-in keeps a pair until its endpoint goes
            return true;
        });
        counts.put("namespaces", files(config, "/netns/"));
        counts.put("directories", files(config, "/sandbox/"));
        return counts;
    }

    private static long links(String prefix) throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
                .filter(line -> line.strip().startsWith(prefix))
                .count();
    }

    private static long files(ControllerConfig config, String directory) throws IOException {
        try (Stream<Path> files = Files.walk(config.runDirectory(), 3)) {
            return files.filter(path -> path.toString().contains(directory)).count();
        }
    }
}
