package io.cnm4j.spi.driver;

import io.cnm4j.spi.ipam.IpamDriver;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Drivers that are not on the class path and are found by name when somebody asks for them; found by {@link java.util.ServiceLoader}. */
public interface DriverSource {

    /** Opens the source for one controller. Asks nobody. */
    Drivers open(Setting setting);

    /**
     * What a source should know of its controller.
     *
     * @param directories where to look; where it usually does if empty
     * @param drivers names of the drivers that the class path has, which nobody asks the source for; to be named where there is no other
     * @param ipamDrivers the same for IPAM drivers
     */
    record Setting(List<Path> directories, Set<String> drivers, Set<String> ipamDrivers) {
        /** Copies the collections. */
        public Setting {
            directories = List.copyOf(directories);
            drivers = Set.copyOf(drivers);
            ipamDrivers = Set.copyOf(ipamDrivers);
        }
    }

    /** An open source. Thread-safe. */
    interface Drivers extends AutoCloseable {
        /**
         * Returns a driver of this name if there could be one: whether there is shows when it is asked. The same name gives the
         * same driver.
         */
        Optional<NetworkDriver> network(String name);

        /** The same for IPAM drivers. */
        Optional<IpamDriver> ipam(String name);

        /** Ends what its drivers do. */
        @Override
        void close();
    }
}
