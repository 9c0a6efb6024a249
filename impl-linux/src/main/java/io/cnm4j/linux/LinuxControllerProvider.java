package io.cnm4j.linux;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.ClusterConfig;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.core.ClusterParts;
import io.cnm4j.core.ControllerParts;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.registry.Named;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.linux.dns.NameServers;
import io.cnm4j.linux.executor.LinuxPlanExecutor;
import io.cnm4j.linux.hook.HookServer;
import io.cnm4j.linux.host.Capabilities;
import io.cnm4j.linux.host.LinuxHostView;
import io.cnm4j.linux.host.LinuxNamespaceAccess;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.ControllerProvider;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.store.Durability;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StoreProvider;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Opens controllers on this Linux host. Stateless. */
public final class LinuxControllerProvider implements ControllerProvider {
    private static final Path CALLERS_NAMESPACE = Path.of("/proc/thread-self/ns/net");
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    private final KernelTap tap;

    /** For {@link java.util.ServiceLoader}. */
    public LinuxControllerProvider() {
        this(KernelTap.NONE);
    }

    /** Opens controllers that tell {@code tap} of every change they make to kernel, owned files and stores. */
    public LinuxControllerProvider(KernelTap tap) {
        this.tap = tap;
    }

    @Override
    public NetworkController open(ControllerConfig config) {
        Capabilities.require();
        StoreProvider stores =
                Named.find("store", StoreProvider.class, StoreProvider::name).get(config.store());
        var opened = new Opened();
        try {
            var workers = opened.add(new NamespaceWorkers(config.hostNamespace().orElse(CALLERS_NAMESPACE)));
            KeyValueStore lasting =
                    opened.add(tapped(stores.open(config.stateDirectory().resolve("store"), Durability.POWER_LOSS)));
            var random = new SecureRandom();
            ControllerId id = Ledger.identity(lasting, () -> freshId(random));
            Path run = config.runDirectory().resolve(id.shortForm());
            var sources = opened.add(Sources.open(config, id));
            KeyValueStore living = opened.add(tapped(stores.open(run.resolve("store"), Durability.PROCESS_END)));
            var keys = new KeyBoard();
            var names = new NameDirectory();
            var servers = new NameServers(names, workers, config.nameListener());
            var parts = new ControllerParts(
                    new Ledger(lasting, living, id),
                    sources.drivers(),
                    sources.ipams(),
                    new LinuxHostView(workers, RESOLV_CONF),
                    new LinuxPlanExecutor(workers, servers, keys, tap),
                    new LinuxNamespaceAccess(workers),
                    new RunDirectory(run.toString()),
                    config.enableForwarding(),
                    config.activeContainers(),
                    defaults(config),
                    config.gatewayNetwork(),
                    config.watch(),
                    config.runtimeHooks()
                            ? Optional.of(
                                    taker -> HookServer.open(run.resolve("hook.sock"), config.callTimeout(), taker))
                            : Optional.empty(),
                    names,
                    Clock.systemUTC(),
                    random,
                    config.cluster().map(cluster -> cluster(cluster, config, id, keys, opened)));
            return parts.open(config.callTimeout());
        } catch (RuntimeException | Error failure) {
            opened.closeAll(failure);
            throw failure;
        }
    }

    private ClusterParts cluster(
            ClusterConfig cluster, ControllerConfig config, ControllerId id, KeyBoard keys, Opened opened) {
        KeyValueStore store = Named.find("store", StoreProvider.class, StoreProvider::name)
                .get(cluster.store().store())
                .connect(cluster.store());
        return new ClusterParts(
                opened.add(tapped(store)),
                cluster.address(),
                cluster.dataPort(),
                cluster.encryptedPort(),
                cluster.kernelEncryption(),
                cluster.keyLife(),
                keys,
                cluster.timeToLive(),
                cluster.grace(),
                Sources.global(config, id));
    }

    private static List<NetworkRequest> defaults(ControllerConfig config) { // BD-01
        return config.defaultNetworks()
                ? List.of(config.defaultBridge(), sole(NetworkRequest.HOST), sole(NetworkRequest.NONE))
                : List.of();
    }

    private static NetworkRequest sole(String driver) {
        return NetworkRequest.builder().name(driver).driver(driver).build();
    }

    private KeyValueStore tapped(KeyValueStore store) {
        return tap == KernelTap.NONE ? store : new TappedStore(store, tap);
    }

    private static ControllerId freshId(SecureRandom random) {
        byte[] octets = new byte[32];
        random.nextBytes(octets);
        return new ControllerId(HexFormat.of().formatHex(octets));
    }

    /** What is to be closed, newest first, if opening fails. */
    private static final class Opened {
        private final List<AutoCloseable> resources = new ArrayList<>();

        <R extends AutoCloseable> R add(R resource) {
            resources.add(0, resource);
            return resource;
        }

        void closeAll(Throwable failure) {
            for (AutoCloseable resource : resources) {
                try {
                    resource.close();
                } catch (Exception also) {
                    failure.addSuppressed(also);
                }
            }
        }
    }
}
