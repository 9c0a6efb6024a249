package io.cnm4j.examples.overlay;

import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.tck.ConsulServer;
import io.cnm4j.tck.EtcdServer;
import io.cnm4j.tck.ZooKeeperServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The store that the hosts share. */
enum StoreKind {
    /** The embedded one, shared by the controllers of this JVM. */
    EMBEDDED,
    /** A real etcd of Debian. */
    ETCD,
    /** A real Consul of Debian 11. */
    CONSUL,
    /** A real ZooKeeper of Debian. */
    ZOOKEEPER;

    /**
     * A store that runs.
     *
     * @param address what the controllers are given
     * @param server ends it
     */
    record Running(StoreAddress address, AutoCloseable server) {}

    /** Returns the one that the arguments {@code --store NAME} ask for; without any the embedded one. */
    static StoreKind of(String... args) {
        if (args.length == 0) {
            return EMBEDDED;
        }
        return Arrays.stream(values())
                .filter(kind -> args.length == 2 && args[0].equals("--store") && args[1].equals(kind.label()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("usage: overlay [--encrypted] [--store "
                        + Arrays.stream(values()).map(StoreKind::label).collect(Collectors.joining("|")) + "]"));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Starts it with its data in this directory. */
    Running start(Path directory) {
        return switch (this) {
            case EMBEDDED -> {
                var shared = JvmStore.open(directory);
                yield new Running(address(JvmStore.NAME, List.of(shared.address())), shared);
            }
            case ETCD -> {
                var etcd = new EtcdServer(directory, 1);
                yield new Running(address("etcd", etcd.addresses()), etcd);
            }
            case CONSUL -> {
                var consul = new ConsulServer(directory);
                yield new Running(address("consul", List.of(consul.address())), consul);
            }
            case ZOOKEEPER -> {
                var zookeeper = new ZooKeeperServer(directory);
                yield new Running(address("zookeeper", List.of(zookeeper.address())), zookeeper);
            }
        };
    }

    private static StoreAddress address(String store, List<String> servers) {
        return StoreAddress.builder().store(store).servers(servers).build();
    }
}
