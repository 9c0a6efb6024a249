package io.cnm4j.driver.remote;

import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.driver.remote.client.Plugin;
import io.cnm4j.driver.remote.client.PluginHttp;
import io.cnm4j.driver.remote.client.PluginSearch;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.driver.DriverSource;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.ipam.IpamDriver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Plug-ins by name. Stateless. */
public final class RemoteDriverSource implements DriverSource {
    private final Limits limits;

    /** Made by {@link java.util.ServiceLoader}. */
    public RemoteDriverSource() {
        this(Limits.USUAL);
    }

    /** @param limits how much of our time and memory plug-ins get */
    public RemoteDriverSource(Limits limits) {
        this.limits = limits;
    }

    @Override
    public Drivers open(Setting setting) {
        List<Path> directories = setting.directories();
        return new Plugins(
                limits,
                directories.isEmpty() ? PluginSearch.ofSystem() : new PluginSearch(directories, directories),
                Map.of(Method.NETWORK_DRIVER, setting.drivers(), Method.IPAM_DRIVER, setting.ipamDrivers()));
    }

    /** The plug-ins that one controller asks. Thread-safe. */
    private static final class Plugins implements Drivers {
        private final Map<String, Plugin> byName = new ConcurrentHashMap<>();
        private final PluginHttp http;
        private final Limits limits;
        private final PluginSearch search;
        private final Map<String, Set<String>> others;

        Plugins(Limits limits, PluginSearch search, Map<String, Set<String>> others) {
            this.http = new PluginHttp(limits.answer());
            this.limits = limits;
            this.search = search;
            this.others = others;
        }

        private Optional<Plugin> plugin(String name) {
            return PluginSearch.isName(name)
                    ? Optional.of(byName.computeIfAbsent(
                            name, n -> new Plugin(n, search, http, limits, System::nanoTime, others)))
                    : Optional.empty();
        }

        @Override
        public Optional<NetworkDriver> network(String name) {
            return plugin(name).map(plugin -> new RemoteNetworkDriver(plugin, limits));
        }

        @Override
        public Optional<IpamDriver> ipam(String name) {
            return plugin(name).map(plugin -> new RemoteIpamDriver(plugin, limits));
        }

        @Override
        public void close() {
            http.close();
        }
    }
}
