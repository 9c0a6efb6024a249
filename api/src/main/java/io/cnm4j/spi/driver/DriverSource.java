package io.cnm4j.spi.driver;

import io.cnm4j.spi.ipam.IpamDriver;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Drivers that are not on the class path and are found by name when somebody asks for them; found by {@link java.util.ServiceLoader}. */
public interface DriverSource {

    /**
     * Opens the source for one controller. Asks nobody.
     *
     * @param directories where to look; where it usually does if empty
     */
    Drivers open(List<Path> directories);

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
