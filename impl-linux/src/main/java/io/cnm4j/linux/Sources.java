package io.cnm4j.linux;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.core.registry.Named;
import io.cnm4j.spi.driver.DriverSource;
import io.cnm4j.spi.driver.DriverSource.Drivers;
import io.cnm4j.spi.driver.DriverSource.Setting;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * Drivers of the class path, and those that sources on the class path find by name. Closing the drivers closes the sources.
 *
 * @param drivers network drivers
 * @param ipams opened IPAM drivers
 */
record Sources(Named<NetworkDriver> drivers, Named<Ipam> ipams) implements AutoCloseable {

    static Sources open(ControllerConfig config, ControllerId id) {
        var space = new AddressSpace(AddressSpace.Scope.LOCAL, config.addressPools(), id.value());
        Named<NetworkDriver> drivers = Named.find("driver", NetworkDriver.class, NetworkDriver::name);
        Named<Ipam> ipams = opened(space);
        var setting = new Setting(
                config.pluginDirectories(), drivers.all().keySet(), ipams.all().keySet());
        List<Drivers> more = new ArrayList<>();
        ServiceLoader.load(DriverSource.class).forEach(source -> more.add(source.open(setting)));
        return new Sources(
                drivers.orElse(name -> first(more, source -> source.network(name)), () -> more.forEach(Drivers::close)),
                ipams.orElse(
                        name -> first(more, source -> source.ipam(name)).map(driver -> driver.open(space)), () -> {}));
    }

    /** Opens the IPAM drivers of the class path for networks of the cluster. */
    static Named<Ipam> global(ControllerConfig config, ControllerId id) {
        return opened(new AddressSpace(AddressSpace.Scope.GLOBAL, config.globalAddressPools(), id.value()));
    }

    private static Named<Ipam> opened(AddressSpace space) {
        Map<String, Ipam> byName = new TreeMap<>();
        Named.find("IPAM driver", IpamDriver.class, IpamDriver::name)
                .all()
                .forEach((name, driver) -> byName.put(name, driver.open(space)));
        return Named.of("IPAM driver", byName);
    }

    private static <T> Optional<T> first(
            List<Drivers> sources, java.util.function.Function<Drivers, Optional<T>> question) {
        return sources.stream()
                .flatMap(source -> question.apply(source).stream())
                .findFirst();
    }

    @Override
    public void close() {
        drivers.close();
    }
}
