package io.cnm4j.linux;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.snapshot.ChangeNotice;
import io.cnm4j.linux.snapshot.NamespaceState;
import io.cnm4j.linux.snapshot.ProcessState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * All that cnm4j could leave behind, at one moment: links, addresses, routes, permanent neighbours, nftables objects and
 * forwarding switches of some namespaces; files of some directories; mounts of namespaces and open descriptors of this process.
 * Immutable. For tests and for looking after a crash: it dumps whole tables.
 */
public final class HostSnapshot {
    private static final int LONGEST_POLL_MILLIS = 20; // files, mounts and descriptors send no notice

    private static final Path ROOT = Path.of("/");

    private final Map<String, Visit> namespaces;
    private final List<Path> directories;
    private final Path mountsBelow;
    private final SortedMap<String, Integer> facts;

    /** Runs a task inside one namespace. */
    private interface Visit {
        <T> T call(Callable<T> task) throws Exception;
    }

    private HostSnapshot(Map<String, Visit> namespaces, List<Path> directories, Path mountsBelow) {
        this.namespaces = namespaces;
        this.directories = directories;
        this.mountsBelow = mountsBelow;
        this.facts = read(namespaces, directories, mountsBelow);
    }

    /** Reads the namespaces that can be opened at these paths, and this process. */
    public static HostSnapshot of(Path... namespaces) {
        return of(Arrays.asList(namespaces), List.of());
    }

    /** Reads the namespaces that can be opened at these paths, all files below these directories, and this process. */
    public static HostSnapshot of(Collection<Path> namespaces, Collection<Path> directories) {
        return of(namespaces, directories, ROOT);
    }

    /** The same without the mounts of namespaces that are not below {@code mountsBelow}, which other programs may make. */
    public static HostSnapshot of(Collection<Path> namespaces, Collection<Path> directories, Path mountsBelow) {
        var visits = new LinkedHashMap<String, Visit>();
        for (Path path : namespaces) {
            NamespaceRef namespace = NamespaceRef.at(path.toString());
            visits.put(path.toString(), new Visit() {
                @Override
                public <T> T call(Callable<T> task) throws Exception {
                    return Namespaces.visit(namespace, task);
                }
            });
        }
        return new HostSnapshot(visits, List.copyOf(directories), mountsBelow);
    }

    /** Reads the host namespace of these workers, and this process. */
    public static HostSnapshot of(NamespaceWorkers workers) {
        var home = new Visit() {
            @Override
            public <T> T call(Callable<T> task) throws Exception {
                return workers.callAside(NamespaceRef.HOST, task);
            }
        };
        return new HostSnapshot(Map.of("host", home), List.of(), ROOT);
    }

    private static SortedMap<String, Integer> read(
            Map<String, Visit> namespaces, List<Path> directories, Path mountsBelow) {
        var facts = new TreeMap<String, Integer>();
        namespaces.forEach((name, visit) -> {
            String where = namespaces.size() == 1 ? "" : " in " + name;
            visited(visit, () -> {
                NamespaceState.read(fact -> facts.merge(fact + where, 1, Integer::sum));
                return true;
            });
        });
        ProcessState.mounts(mountsBelow, fact -> facts.merge(fact, 1, Integer::sum));
        ProcessState.files(directories, fact -> facts.merge(fact, 1, Integer::sum));
        ProcessState.descriptors(fact -> facts.merge(fact, 1, Integer::sum));
        return facts;
    }

    private static <T> T visited(Visit visit, Callable<T> task) {
        try {
            return visit.call(task);
        } catch (RuntimeException unchecked) {
            throw unchecked;
        } catch (Exception checked) {
            throw new ConfigurationException("the namespace could not be read: " + checked.getMessage(), checked);
        }
    }

    /** Returns what {@code later} has and this lacks, and the reverse, a sentence each; empty if they are alike. */
    public List<String> differences(HostSnapshot later) {
        var differences = new ArrayList<String>();
        var all = new TreeSet<>(facts.keySet());
        all.addAll(later.facts.keySet());
        for (String fact : all) {
            int before = facts.getOrDefault(fact, 0);
            int after = later.facts.getOrDefault(fact, 0);
            boolean closed = after < before && fact.startsWith(ProcessState.DESCRIPTOR); // an idle one of a library
            if (before != after && !closed) {
                differences.add((after > before ? "left over: " : "missing: ")
                        + fact
                        + (Math.max(before, after) > 1 ? " (" + before + " before, " + after + " after)" : ""));
            }
        }
        return differences;
    }

    /**
     * Waits until the host is again as it was at {@code before}; the kernel cleans up behind the caller and sends notice.
     *
     * @return the differences that are left when it is, or when the deadline is over; empty if none
     */
    public static List<String> awaitSame(HostSnapshot before, Deadline deadline) {
        List<String> differences = before.differences(before.again());
        if (differences.isEmpty()) {
            return differences;
        }
        var notices = new ArrayList<ChangeNotice>();
        try {
            before.namespaces.values().forEach(visit -> notices.add(visited(visit, ChangeNotice::open)));
            differences = before.differencesBut(notices.size());
            while (!differences.isEmpty() && !deadline.isOver()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos()) + 1;
                ChangeNotice.awaitAny(notices, (int) Math.min(left, LONGEST_POLL_MILLIS));
                differences = before.differencesBut(notices.size());
            }
        } finally {
            notices.forEach(ChangeNotice::close);
        }
        return differences;
    }

    /** Returns the differences from now, while {@code sockets} of our own are open. */
    private List<String> differencesBut(int sockets) {
        HostSnapshot now = again();
        now.facts.computeIfPresent(ProcessState.SOCKET, (fact, count) -> count == sockets ? null : count - sockets);
        return differences(now);
    }

    private HostSnapshot again() {
        return new HostSnapshot(namespaces, directories, mountsBelow);
    }

    /** Returns all that was read, a line each. */
    @Override
    public String toString() {
        return String.join("\n", facts.keySet());
    }
}
