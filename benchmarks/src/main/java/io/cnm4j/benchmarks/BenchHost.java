package io.cnm4j.benchmarks;

import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.linux.HostSnapshot;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A host namespace made for a benchmark, and a directory in memory. Closing it lets both go. */
public final class BenchHost implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final NamespaceRef host;
    private final NamespaceWorkers workers = new NamespaceWorkers(Path.of("/proc/self/ns/net"));
    private final HostSnapshot before;

    private BenchHost(Path directory) {
        this.directory = directory;
        this.host = NamespaceRef.at(directory + "/host");
        workers.call(Deadline.after(LIMIT), () -> {
            Namespaces.create(host, Map.of(), KernelTap.NONE);
            return true;
        });
        this.before = HostSnapshot.of(List.of(Path.of(host.path())), List.of(), directory);
    }

    /** What a benchmark measures on a host. */
    @FunctionalInterface
    public interface Work {
        /** Measures; with fewer rounds if {@code quick}. */
        Report run(boolean quick, BenchHost host) throws Exception;
    }

    /**
     * Runs a benchmark, prints its report, and keeps it if asked. Fails if something is left over on the host.
     *
     * @param args {@code --quick}, or the directory for the results
     */
    public static void bench(String[] args, Work work) throws Exception {
        boolean quick = args.length > 0 && args[0].equals("--quick");
        try (BenchHost host = make()) {
            Report report = work.run(quick, host);
            List<String> leaks = host.leaks();
            report.print();
            require(leaks);
            if (args.length > 0 && !quick) {
                report.keep(Path.of(args[0]));
            }
        }
    }

    /** Makes it; its directory is in memory, as {@code /run} is on a host that was booted. */
    public static BenchHost make() throws IOException {
        Path run = Path.of("/run");
        boolean inMemory = Files.getFileStore(run).type().equals("tmpfs");
        return new BenchHost(Files.createTempDirectory(inMemory ? run : Path.of("/dev/shm"), "cnm4j-bench"));
    }

    /** Returns its namespace. */
    public NamespaceRef namespace() {
        return host;
    }

    /** Returns a directory of this name, made if absent. */
    public Path directory(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    /** Returns the configuration of a controller that works here. */
    public ControllerConfig config() {
        return ControllerConfig.builder()
                .hostNamespace(Path.of(host.path()))
                .stateDirectory(directory.resolve("state"))
                .runDirectory(directory.resolve("run"))
                .build();
    }

    /** Runs the task on a thread of its own inside; threads it starts are inside too. */
    public <T> T call(Callable<T> task) throws Exception {
        return Namespaces.visit(host, task);
    }

    /** Goes on only if nothing is left over. */
    public static void require(List<String> leaks) {
        if (!leaks.isEmpty()) {
            throw new IllegalStateException("left over: " + leaks);
        }
    }

    /** Waits until host, descriptors and our mounts are as they were at the beginning; returns what is not. */
    public List<String> leaks() {
        return HostSnapshot.awaitSame(before, Deadline.after(LIMIT));
    }

    /** Lets go also what a run that failed left behind. */
    @Override
    public void close() {
        workers.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> {
                NamespaceRef namespace = NamespaceRef.at(path.toString());
                if (Namespaces.exists(namespace)) {
                    Namespaces.delete(namespace, KernelTap.NONE);
                } else {
                    path.toFile().delete();
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
