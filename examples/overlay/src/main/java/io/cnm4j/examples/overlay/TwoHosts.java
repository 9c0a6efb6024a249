package io.cnm4j.examples.overlay;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.ClusterConfig;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.linux.HostSnapshot;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.executor.LinuxPlanExecutor;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Two hosts with a link between them, and a place outside to which the first has a cable, each a network namespace. The machine's own
 * network is not touched.
 */
final class TwoHosts implements AutoCloseable {
    /** Host one's address on the cable: where it is known outside. RFC 5737. */
    static final String UPLINK = "203.0.113.2";

    /** The address of the place outside. */
    static final String OUTSIDE = "203.0.113.1";

    private static final String UNDERLAY = "10.77.0.";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path directory;
    private final StoreAddress store;
    private final PlanExecutor executor =
            new LinuxPlanExecutor(new NamespaceWorkers(Path.of("/proc/self/ns/net")), KernelTap.NONE);
    private final HostSnapshot before;

    TwoHosts(Path directory, StoreAddress store) {
        this.directory = directory;
        this.store = store;
        executor.apply(scenery(), deadline());
        this.before = HostSnapshot.of(
                List.of(
                        Path.of(host(1).path()),
                        Path.of(host(2).path()),
                        Path.of(outside().path())),
                List.of(),
                directory);
    }

    private NamespaceRef host(int number) {
        return NamespaceRef.at(directory + "/host" + number);
    }

    private NamespaceRef outside() {
        return NamespaceRef.at(directory + "/outside");
    }

    static String address(int host) {
        return UNDERLAY + host;
    }

    private Plan scenery() {
        String mark = Mark.of(new ControllerId("0".repeat(64)), "scenery");
        var there = new LinkSpec.Peer(host(2), "eth0", Optional.empty());
        var street = new LinkSpec.Peer(outside(), "street", Optional.empty());
        return Plan.of(
                new KernelOp.MakeNamespace(host(1), Map.of()),
                new KernelOp.MakeNamespace(host(2), Map.of()),
                new LinkOp.AddLink(host(1), new LinkSpec.Veth("eth0", 0, Optional.empty(), mark, there)),
                new KernelOp.AddAddress(host(1), "eth0", IpPrefix.parse(address(1) + "/24")),
                new KernelOp.AddAddress(host(2), "eth0", IpPrefix.parse(address(2) + "/24")),
                new KernelOp.MakeNamespace(outside(), Map.of()),
                new LinkOp.AddLink(host(1), new LinkSpec.Veth("uplink", 0, Optional.empty(), mark, street)),
                new KernelOp.AddAddress(host(1), "uplink", IpPrefix.parse(UPLINK + "/24")),
                new KernelOp.AddAddress(outside(), "street", IpPrefix.parse(OUTSIDE + "/24")),
                new KernelOp.AddRoute(host(1), RouteSpec.defaultVia(IpAddress.parse(OUTSIDE), "uplink")));
    }

    /** Returns the configuration of the controller of a host. */
    ControllerConfig config(int host) {
        return ControllerConfig.builder()
                .hostNamespace(Path.of(host(host).path()))
                .stateDirectory(directory.resolve("state" + host))
                .runDirectory(directory.resolve("run" + host))
                .cluster(ClusterConfig.builder()
                        .store(store)
                        .address(IpAddress.parse(address(host)))
                        .build())
                .build();
    }

    /** Runs a task on a host. */
    <T> T on(int host, Callable<T> task) throws Exception {
        return Namespaces.visit(host(host), task);
    }

    /** Runs a task in the place outside. */
    <T> T outside(Callable<T> task) throws Exception {
        return Namespaces.visit(outside(), task);
    }

    /** Compares hosts, descriptors and mounts with what they were before the first controller was opened; waits for the kernel. */
    List<String> leaks() {
        return HostSnapshot.awaitSame(before, deadline());
    }

    /** Lets the namespaces go, those of a story that broke off too. */
    @Override
    public void close() {
        executor.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> {
                NamespaceRef namespace = NamespaceRef.at(path.toString());
                if (Namespaces.exists(namespace)) {
                    Namespaces.delete(namespace, KernelTap.NONE);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Deadline deadline() {
        return Deadline.after(LIMIT);
    }
}
