package io.cnm4j.driver.local;

import io.cnm4j.spi.driver.Placement;

/** The network of sandboxes that are in the host's own namespace. Stateless. */
public final class HostDriver extends EmptyDriver {
    /** Made by {@link java.util.ServiceLoader}. */
    public HostDriver() {}

    @Override
    public String name() {
        return "host";
    }

    @Override
    public Placement placement() {
        return Placement.HOST;
    }
}
