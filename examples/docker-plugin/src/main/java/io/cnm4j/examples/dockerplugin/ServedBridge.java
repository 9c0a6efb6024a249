package io.cnm4j.examples.dockerplugin;

import io.cnm4j.api.ControllerId;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.kvstore.embedded.EmbeddedStoreProvider;
import io.cnm4j.linux.KernelTap;
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
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The plug-in: the bridge driver and the address pools on a socket, with what they need. Closing it stops serving; networks stay. */
final class ServedBridge implements AutoCloseable {
    private final LinuxPlanExecutor executor;
    private final KeyValueStore records;
    private final PluginServer server;

    ServedBridge(Path host, Path directory, Path socket) {
        var workers = new NamespaceWorkers(host);
        executor = new LinuxPlanExecutor(workers, KernelTap.NONE);
        records = new EmbeddedStoreProvider().open(directory.resolve("records"), Durability.POWER_LOSS);
        var random = new SecureRandom();
        var served = new ServedHost(
                Ledger.identity(records, () -> freshId(random)),
                executor,
                new LinuxHostView(workers, Path.of("/etc/resolv.conf")),
                records,
                new RunDirectory(directory.resolve("run").toString()),
                true,
                random);
        server = PluginServer.start(
                socket,
                Optional.empty(),
                List.of(
                        new NetworkService(new BridgeDriver(), false, served),
                        new IpamService(new PoolIpamDriver(), served)));
    }

    private static ControllerId freshId(SecureRandom random) {
        byte[] octets = new byte[32];
        random.nextBytes(octets);
        return new ControllerId(HexFormat.of().formatHex(octets));
    }

    @Override
    public void close() {
        try (records;
                executor) {
            server.close();
        }
    }
}
