package io.cnm4j.spi.driver;

/**
 * Implemented by drivers whose endpoints bring no interface: being on such a network only says where a sandbox is. A sandbox that
 * is on one is on no other network.
 */
public interface PlacementDriver {

    /** Returns where sandboxes on its networks are. */
    Placement placement();
}
