package io.cnm4j.linux.host;

import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.process.ProcessLauncher;
import io.cnm4j.linux.rtnetlink.RtnetlinkQueries;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.NamespaceAccess;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** Enters namespaces. Thread-safe. */
public final class LinuxNamespaceAccess implements NamespaceAccess {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final NamespaceWorkers workers;
    private final ProcessLauncher launcher;

    /** @param workers threads at home in the host namespace */
    public LinuxNamespaceAccess(NamespaceWorkers workers) {
        this.workers = workers;
        this.launcher = new ProcessLauncher(workers);
    }

    @Override
    public boolean exists(NamespaceRef namespace) {
        return Namespaces.exists(namespace);
    }

    @Override
    public String identity(NamespaceRef namespace) {
        return Namespaces.identity(namespace.isHost() ? NamespaceRef.at(workers.homePath()) : namespace);
    }

    @Override
    public String path(NamespaceRef namespace) {
        return namespace.isHost() ? workers.homePath() : namespace.path();
    }

    @Override
    public Map<String, InterfaceStatistics> statistics(NamespaceRef namespace) {
        return workers.call(
                Deadline.after(LIMIT), () -> NamespaceWorkers.inside(namespace, LinuxNamespaceAccess::counters));
    }

    private static Map<String, InterfaceStatistics> counters() {
        var counters = new TreeMap<String, InterfaceStatistics>();
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            new RtnetlinkQueries(socket, new MessageBuilder())
                    .counters()
                    .forEach(link -> counters.put(link.facts().name(), link.counters()));
        }
        return counters;
    }

    @Override
    public <T> T call(NamespaceRef namespace, Callable<T> task) throws Exception {
        return workers.callAside(namespace, task);
    }

    @Override
    public Process start(NamespaceRef namespace, ProcessBuilder builder) throws IOException {
        return launcher.start(namespace, builder, Deadline.after(LIMIT));
    }
}
