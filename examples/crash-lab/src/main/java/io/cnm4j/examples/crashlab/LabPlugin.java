package io.cnm4j.examples.crashlab;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.kvstore.embedded.EmbeddedStoreProvider;
import io.cnm4j.linux.TappedStore;
import io.cnm4j.linux.executor.LinuxPlanExecutor;
import io.cnm4j.linux.host.LinuxHostView;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.plugin.server.IpamService;
import io.cnm4j.plugin.server.NetworkService;
import io.cnm4j.plugin.server.PluginServer;
import io.cnm4j.plugin.server.ServedHost;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.KeyValueStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A plug-in in a process of its own: the bridge driver and the address pools, served. It waits for a first line {@code open CALL before|after};
 * {@code arm CALL before|after} says anew when it dies, {@code holds} lets it say what it has, {@code close} ends it.
 */
final class LabPlugin {
    /** Name of the driver and of the IPAM driver. */
    static final String NAME = "lab";

    private LabPlugin() {}

    /** Returns where its socket and its records are. */
    static Path directory(ControllerConfig config) {
        return config.stateDirectory().resolveSibling("plugin");
    }

    /**
     * Serves and obeys.
     *
     * @param args host namespace, directory of the socket and the records
     */
    public static void main(String[] args) throws Exception {
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String first = orders.readLine();
        if (first == null) {
            return; // a spare that was not needed
        }
        var tap = new DeathTap();
        arm(tap, first);
        Path directory = Path.of(args[1]);
        var workers = new NamespaceWorkers(Path.of(args[0]));
        try (var executor = new LinuxPlanExecutor(workers, tap);
                KeyValueStore kept =
                        new EmbeddedStoreProvider().open(directory.resolve("records"), Durability.PROCESS_END)) {
            var records = new TappedStore(kept, tap);
            var random = new SecureRandom();
            var served = new ServedHost(
                    Ledger.identity(records, () -> freshId(random)),
                    executor,
                    new LinuxHostView(workers, Path.of("/etc/resolv.conf")),
                    records,
                    new RunDirectory(directory.resolve("run").toString()),
                    true,
                    random);
            try (PluginServer server = PluginServer.start(
                    directory.resolve(NAME + ".sock"),
                    Optional.empty(),
                    List.of(
                            new NetworkService(new BridgeDriver(), false, served),
                            new IpamService(new PoolIpamDriver(), served)))) {
                System.out.println("serves " + server.socket());
                obey(orders, tap, kept);
            }
        }
    }

    private static void obey(BufferedReader orders, DeathTap tap, KeyValueStore kept) throws IOException {
        String order = orders.readLine();
        while (order != null && !order.equals("close")) {
            if (order.equals("holds")) {
                Holdings.in(kept).forEach(thing -> System.out.println("outside " + thing));
                System.out.println("all");
            } else {
                arm(tap, order);
            }
            order = orders.readLine();
        }
    }

    private static void arm(DeathTap tap, String order) {
        String[] words = order.split(" ", -1);
        tap.arm(Integer.parseInt(words[1]), words[2].equals("before"));
    }

    private static ControllerId freshId(SecureRandom random) {
        byte[] octets = new byte[32];
        random.nextBytes(octets);
        return new ControllerId(HexFormat.of().formatHex(octets));
    }
}
