package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.AddressPool;
import java.util.List;

/** A kind of address management; found by {@link java.util.ServiceLoader}. */
public interface IpamDriver {

    /** Returns the name by which a network asks for it. */
    String name();

    /**
     * Opens an address space of its own for one controller.
     *
     * @param pools where dynamic subnets come from; the driver's own defaults if empty
     */
    Ipam open(List<AddressPool> pools);
}
