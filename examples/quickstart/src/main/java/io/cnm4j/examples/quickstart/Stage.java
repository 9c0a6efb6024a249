package io.cnm4j.examples.quickstart;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
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
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A host made for the demonstration, and a place outside it: two network namespaces with a cable between them. The machine's
 * own network is not touched. Closing it lets all of it go.
 */
public final class Stage implements AutoCloseable {
    /** The host's address on the cable: where it is known outside. RFC 5737. */
    public static final String UPLINK = "203.0.113.2";

    /** The address of the place outside. */
    public static final String OUTSIDE = "203.0.113.1";

    private static final int PORT = 7;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path directory;
    private final NamespaceRef host;
    private final NamespaceRef outside;
    private final PlanExecutor executor =
            new LinuxPlanExecutor(new NamespaceWorkers(Path.of("/proc/self/ns/net")), KernelTap.NONE);
    private final HostSnapshot before;
    private Plan ways = Plan.EMPTY;

    private Stage(Path directory) {
        this.directory = directory;
        this.host = NamespaceRef.at(directory + "/host");
        this.outside = NamespaceRef.at(directory + "/outside");
        try {
            executor.apply(scenery(), deadline());
            this.before = HostSnapshot.of(List.of(Path.of(host.path()), Path.of(outside.path())), List.of(), directory);
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** Makes the two namespaces and the cable. */
    public static Stage build() throws IOException {
        return new Stage(Files.createTempDirectory("cnm4j-stage"));
    }

    /** Returns the scenery as a plan: what drivers make, an example may make too. */
    private Plan scenery() {
        String mark = Mark.of(new ControllerId("0".repeat(64)), "scenery");
        var street = new LinkSpec.Peer(outside, "street", Optional.empty());
        return Plan.of(
                new KernelOp.MakeNamespace(host, Map.of()),
                new KernelOp.MakeNamespace(outside, Map.of()),
                new LinkOp.AddLink(host, new LinkSpec.Veth("uplink", 0, Optional.empty(), mark, street)),
                new KernelOp.AddAddress(host, "uplink", IpPrefix.parse(UPLINK + "/24")),
                new KernelOp.AddAddress(outside, "street", IpPrefix.parse(OUTSIDE + "/24")),
                new KernelOp.AddRoute(host, RouteSpec.defaultVia(IpAddress.parse(OUTSIDE), "uplink")));
    }

    /** Returns the configuration of a controller that works on this host. */
    public ControllerConfig config() {
        return ControllerConfig.builder()
                .hostNamespace(Path.of(host.path()))
                .stateDirectory(directory.resolve("state"))
                .runDirectory(directory.resolve("run"))
                .build();
    }

    /** Lets the sandbox call a server outside and returns the address from which the call seemed to come. */
    public String seenFromOutside(Sandbox caller) throws Exception {
        try (ServerSocket server =
                Namespaces.visit(outside, () -> listening(OUTSIDE))) { // sockets stay where they are opened
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> tellCallerItsAddress(server));
            String seen = caller.call(() -> Talk.ask(OUTSIDE, PORT, "who am I?"));
            answered.join();
            return seen;
        }
    }

    /** Runs a task in the place outside. */
    public <T> T outside(Callable<T> task) throws Exception {
        return Namespaces.visit(outside, task);
    }

    /** Runs a task on the host. */
    public <T> T onHost(Callable<T> task) throws Exception {
        return Namespaces.visit(host, task);
    }

    /** Tells the place outside that the way to a subnet leads over the host; {@link #leaks} forgets it. */
    public void showTheWay(IpPrefix subnet) {
        var route = new RouteSpec(subnet.subnet(), Optional.of(IpAddress.parse(UPLINK)), "street");
        Plan shown = Plan.of(new KernelOp.AddRoute(outside, route));
        executor.apply(shown, deadline());
        ways = ways.then(shown);
    }

    private static ServerSocket listening(String address) throws IOException {
        var server = new ServerSocket();
        server.bind(new InetSocketAddress(address, PORT));
        server.setSoTimeout((int) LIMIT.toMillis());
        return server;
    }

    private static void tellCallerItsAddress(ServerSocket server) {
        try (Socket call = server.accept()) {
            call.getInputStream().read();
            call.getOutputStream().write(call.getInetAddress().getHostAddress().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Compares host, outside, descriptors and our mounts with what they were before the first controller was opened here, and
     * looks for files of sandboxes. The kernel cleans up behind the caller: waits for it.
     *
     * @return what is left over or missing, a sentence each; empty if nothing
     */
    public List<String> leaks() throws IOException {
        executor.remove(ways, deadline());
        List<String> differences = HostSnapshot.awaitSame(before, deadline());
        try (Stream<Path> files = Files.walk(directory.resolve("run"), 4)) {
            List<String> left = files.filter(path -> path.toString().matches(".*/(netns|sandbox)/.+"))
                    .map(path -> "left over: " + path)
                    .toList();
            return Stream.concat(differences.stream(), left.stream()).toList();
        }
    }

    /** Lets the namespaces go, those of a story that broke off too, and deletes the directories. */
    @Override
    public void close() {
        executor.close();
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

    private static Deadline deadline() {
        return Deadline.after(LIMIT);
    }
}
