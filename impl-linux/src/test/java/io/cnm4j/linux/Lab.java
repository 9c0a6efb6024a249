package io.cnm4j.linux;

import static org.awaitility.Awaitility.await;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.tck.Together;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A controller whose host is the namespace of the test that makes it, or one beside it. Closing it removes all that the test has left. */
public final class Lab implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int AT_ONCE = 8; // more than there are workers, which is four at most
    private static final Pattern SOCKETS = Pattern.compile("descriptor of kind (socket|anon_inode:.event(fd|poll))");

    private final List<TestNetns> neighbours = new ArrayList<>();
    private final Path directory;
    private final KernelTap tap;
    private final UnaryOperator<ControllerConfig.Builder> more;
    private final NamespaceRef host;
    private NetworkController controller;
    private Runnable othersLetGo = () -> {};
    private boolean othersHaveSockets;

    /** Opens a controller that keeps its records below {@code directory}. */
    public Lab(Path directory) {
        this(directory, KernelTap.NONE);
    }

    /** The same with a tap. */
    public Lab(Path directory, KernelTap tap) {
        this(directory, tap, config -> config);
    }

    /** The same with more to configure. */
    public Lab(Path directory, KernelTap tap, UnaryOperator<ControllerConfig.Builder> more) {
        this(directory, tap, more, TestNetns.here());
    }

    /** The same whose host is another namespace. */
    Lab(Path directory, KernelTap tap, UnaryOperator<ControllerConfig.Builder> more, NamespaceRef host) {
        this.directory = directory;
        this.host = host;
        this.tap = tap;
        this.more = more;
        this.controller = open(more);
    }

    private NetworkController open(UnaryOperator<ControllerConfig.Builder> with) {
        ControllerConfig.Builder config = new ControllerConfig.Builder();
        config.from(config(directory));
        config.hostNamespace(Path.of(host.path()));
        return new LinuxControllerProvider(tap).open(with.apply(config).build());
    }

    /** Returns a configuration whose host is the calling thread's namespace. */
    public static ControllerConfig config(Path directory) {
        return ControllerConfig.builder()
                .stateDirectory(directory.resolve("state"))
                .runDirectory(directory.resolve("run"))
                .hostNamespace(Path.of(TestNetns.here().path()))
                .build();
    }

    /** Returns the controller. */
    public NetworkController controller() {
        return controller;
    }

    /** Closes the controller and opens it again. */
    public void reopen() {
        reopen(more);
    }

    /** Closes the controller and opens it again with other things to configure. */
    public void reopen(UnaryOperator<ControllerConfig.Builder> other) {
        controller.close();
        controller = open(other);
    }

    /** Drops the controller as the death of its process does: it cannot give back anything. Open it again with {@link #revive}. */
    void die() {
        try {
            controller.close();
        } catch (CnmException dead) {
            // its last words reach nobody
        }
    }

    /** Opens the controller after {@link #die}. */
    void revive() {
        controller = open(more);
    }

    /** Creates a bridge network with defaults. */
    public Network network(String name) {
        return controller.createNetwork(NetworkRequest.named(name));
    }

    /** Creates a sandbox. */
    public Sandbox sandbox(String container) {
        return controller.createSandbox(SandboxRequest.forContainer(container));
    }

    /** Creates a sandbox and connects it. */
    public Sandbox connected(Network network, String container) {
        Sandbox sandbox = sandbox(container);
        network.connect(sandbox, EndpointRequest.named(container));
        return sandbox;
    }

    /** Makes a namespace beside the host that nothing leads to. */
    TestNetns apart(String name) {
        TestNetns apart = TestNetns.create(directory, name);
        neighbours.add(apart);
        return apart;
    }

    /** Has the controller start all that it starts when needed and keeps: workers, their sockets, the loops of name servers. Snapshots count them. */
    void warm() {
        Network warm = network("warm");
        Queue<Sandbox> all = new ConcurrentLinkedQueue<>();
        Together.run(AT_ONCE, number -> {
            all.add(connected(warm, "warm" + number));
            for (int i = 0; i < AT_ONCE; i++) { // each worker is asked for the host's routes
                controller.dryRun().createNetwork(NetworkRequest.named("warm" + number));
            }
        });
        all.forEach(Sandbox::delete);
        warm.delete();
        settle();
    }

    /** Waits until all links that were removed are gone. */
    void settle() {
        await().until(() -> !TestNetns.runIn(host, "ip", "link").contains("leaving"));
    }

    /** Reads the host, the namespaces beside it and what the controller keeps while it runs. */
    HostSnapshot snapshot() {
        var namespaces = new ArrayList<>(List.of(Path.of(host.path())));
        neighbours.forEach(neighbour -> namespaces.add(Path.of(neighbour.path())));
        return HostSnapshot.of(namespaces, List.of(directory.resolve("run")), directory);
    }

    /** Waits until all is as it was, and returns what is not. */
    List<String> differences(HostSnapshot before) {
        return HostSnapshot.awaitSame(before, Deadline.after(PATIENCE)).stream()
                .filter(difference ->
                        !othersHaveSockets || !SOCKETS.matcher(difference).find())
                .toList();
    }

    /** Has no eye on sockets and their selectors from now on: others in this process open and close theirs. Those that are left are seen after the test. */
    void othersHaveSockets() {
        othersHaveSockets = true;
    }

    /** Returns all that the controller tells of networks, endpoints and sandboxes. */
    List<String> records() {
        var records = new ArrayList<String>();
        for (Network network : controller.networks()) {
            records.add(network.inspect().toString());
            network.endpoints()
                    .forEach(endpoint -> records.add(endpoint.inspect().toString()));
        }
        controller.sandboxes().forEach(sandbox -> records.add(sandbox.inspect().toString()));
        return records;
    }

    /** Makes a namespace beside the host, wired to it by a pair {@code name}/{@code eth0} with these addresses. */
    public TestNetns neighbour(String name, String hostAddress, String address) {
        TestNetns neighbour = TestNetns.wired(directory, "netns-" + name, name, "eth0");
        neighbours.add(neighbour);
        TestNetns.inHere("ip", "address", "add", hostAddress, "dev", name, "nodad");
        neighbour.run("ip", "address", "add", address, "dev", "eth0", "nodad");
        return neighbour;
    }

    /** Returns the address of this family of the sandbox' first endpoint. */
    public static String address(Sandbox sandbox, Family family) {
        return sandbox.endpoints().stream()
                .map(Endpoint::inspect)
                .flatMap(endpoint -> endpoint.addresses().stream())
                .filter(address -> address.family() == family)
                .findFirst()
                .orElseThrow()
                .address()
                .toString();
    }

    /** Runs a command in a sandbox and returns what it came to. */
    public static TestNetns.Result in(Sandbox sandbox, String... command) {
        return TestNetns.execute(NamespaceRef.at(sandbox.namespacePath().toString()), command);
    }

    /** Tells whether one of three echo requests to the address is answered. */
    public static boolean reaches(Sandbox from, String address) {
        return in(from, "ping", "-n", "-c", "3", "-i", "0.3", "-W", "1", address)
                        .status()
                == 0;
    }

    /** What others hold on to goes first whenever all is removed. */
    void clearFirst(Runnable others) {
        othersLetGo = others;
    }

    /** Removes all sandboxes and networks. */
    public void clear() {
        othersLetGo.run();
        controller.sandboxes().stream()
                .sorted(Comparator.comparing(
                        sandbox -> sandbox.inspect().sharedWith().isEmpty())) // before what they share
                .forEach(Sandbox::delete);
        for (Network network : controller.networks()) {
            network.endpoints().forEach(Endpoint::delete);
            network.delete();
        }
    }

    @Override
    public void close() {
        try {
            clear();
        } finally {
            controller.close();
            for (TestNetns neighbour : neighbours) {
                TestNetns.execute(
                        TestNetns.here(), "ip", "link", "del", neighbour.path().replaceAll(".*netns-", ""));
                neighbour.close();
            }
        }
    }
}
