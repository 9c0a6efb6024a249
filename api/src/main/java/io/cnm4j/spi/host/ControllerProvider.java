package io.cnm4j.spi.host;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.ControllerConfig;

/** Opens controllers; found by {@link java.util.ServiceLoader}, so that callers compile against the API alone. */
public interface ControllerProvider {

    /**
     * Opens a controller.
     *
     * @throws io.cnm4j.api.error.ConfigurationException if a directory, a store or a jar is wrong
     */
    NetworkController open(ControllerConfig config);
}
