package io.cnm4j.linux;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.ClusterConfig;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.StoreAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Hosts, each a namespace with a controller, on a bridge in a namespace between them. Closing it removes all. */
public final class Underlay implements AutoCloseable {
    private static final String PREFIX = "10.77.0.";
    private static final String PREFIX6 = "fd77::";

    /** How soon a host is taken for gone where a test waits for that; elsewhere a machine with no time for a host must not kill it. */
    public static final Duration SHORT_LIFE = Duration.ofSeconds(2);

    private final Path directory;
    private final StoreAddress store;
    private final TestNetns middle;
    private final List<Host> hosts = new ArrayList<>();

    /** A host. */
    public final class Host {
        private final int number;
        private final TestNetns namespace;
        private NetworkController controller;

        private Host(int number, TestNetns namespace) {
            this.number = number;
            this.namespace = namespace;
            this.controller = open();
        }

        private NetworkController open() {
            ControllerConfig config = ControllerConfig.builder()
                    .stateDirectory(directory.resolve("state" + number))
                    .runDirectory(directory.resolve("run" + number))
                    .hostNamespace(Path.of(namespace.path()))
                    .cluster(cluster(number))
                    .build();
            return new LinuxControllerProvider().open(config);
        }

        /** Returns its address in the underlay. */
        public String address() {
            return Underlay.this.address(number);
        }

        /** Returns its controller. */
        public NetworkController controller() {
            return controller;
        }

        /** Returns its namespace. */
        public TestNetns namespace() {
            return namespace;
        }

        /** Returns the files of the networks that are on it. */
        public List<String> present() {
            return presentPaths().stream()
                    .map(path -> path.substring(path.lastIndexOf('/') + 1))
                    .toList();
        }

        /** Returns the paths of the namespaces of the networks that are on it. */
        public List<String> presentPaths() {
            Path run = directory
                    .resolve("run" + number)
                    .resolve(controller.id().shortForm())
                    .resolve("netns");
            if (!Files.isDirectory(run)) {
                return List.of();
            }
            try (var files = Files.list(run)) {
                return files.filter(file -> file.getFileName().toString().startsWith("net-"))
                        .map(Path::toString)
                        .sorted()
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Closes the controller; the kernel stays as it is. */
        public void goAway() {
            controller.close();
        }

        /** Opens the controller again. */
        public void comeBack() {
            controller = open();
        }

        private void clear() {
            controller.sandboxes().forEach(sandbox -> sandbox.delete());
        }
    }

    private final boolean ipv6;
    private final UnaryOperator<ClusterConfig.Builder> more;

    /** Makes that many hosts, which share a store. */
    public Underlay(Path directory, StoreAddress store, int count, boolean ipv6) {
        this(directory, store, count, ipv6, config -> config);
    }

    /** The same with more to configure. */
    public Underlay(
            Path directory, StoreAddress store, int count, boolean ipv6, UnaryOperator<ClusterConfig.Builder> more) {
        this.more = more;
        this.directory = directory;
        this.store = store;
        this.ipv6 = ipv6;
        this.middle = TestNetns.create(directory, "middle");
        middle.run("ip", "link", "add", "br0", "up", "type", "bridge");
        for (int i = 1; i <= count; i++) {
            hosts.add(new Host(i, wired(i)));
        }
    }

    private String address(int number) {
        return (ipv6 ? PREFIX6 : PREFIX) + number;
    }

    /** Makes a namespace with a link to the others' and the address of this number. */
    TestNetns wired(int number) {
        TestNetns namespace = TestNetns.create(directory, "host" + number);
        String[] pair = {
            "ip", "link", "add", "h" + number, "master", "br0", "up", "type", "veth", "peer", "name", "eth0", "netns"
        };
        middle.run(Stream.concat(Stream.of(pair), Stream.of(namespace.path())).toArray(String[]::new));
        namespace.run("ip", "link", "set", "eth0", "up");
        namespace.run("ip", "address", "add", PREFIX + number + "/24", "dev", "eth0");
        namespace.run("ip", "address", "add", PREFIX6 + number + "/64", "dev", "eth0", "nodad");
        return namespace;
    }

    /** Returns the part in the cluster of the host of this number. */
    ClusterConfig cluster(int number) {
        var cluster = new ClusterConfig.Builder();
        cluster.from(ClusterConfig.builder()
                .store(store)
                .address(IpAddress.parse(address(number)))
                .timeToLive(Duration.ofSeconds(30))
                .grace(Duration.ofSeconds(1))
                .build());
        return more.apply(cluster).build();
    }

    /** Returns a host, from 1. */
    public Host host(int number) {
        return hosts.get(number - 1);
    }

    /** Returns the namespace that all hosts' links end in, at the bridge {@code br0}. */
    public TestNetns middle() {
        return middle;
    }

    /** Returns where the store is. */
    public StoreAddress store() {
        return store;
    }

    @Override
    public void close() {
        try {
            hosts.forEach(Host::clear);
        } finally {
            hosts.forEach(host -> {
                host.controller.close();
                host.namespace.close();
            });
            middle.close();
        }
    }
}
