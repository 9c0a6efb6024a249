package io.cnm4j.driver.local;

import io.cnm4j.spi.driver.Placement;

/** The network of sandboxes that have nothing but a loopback. Stateless. */
public final class NoneDriver extends EmptyDriver {
    /** Made by {@link java.util.ServiceLoader}. */
    public NoneDriver() {}

    @Override
    public String name() {
        return "none";
    }

    @Override
    public Placement placement() {
        return Placement.ALONE;
    }
}
