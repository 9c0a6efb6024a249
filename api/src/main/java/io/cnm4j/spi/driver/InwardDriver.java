package io.cnm4j.spi.driver;

/**
 * Implemented by drivers whose networks do not lead outside by themselves. A sandbox that no other network leads outside gets an endpoint
 * on the controller's gateway network, unless its networks are internal because the user wants them so. Ports of endpoints whose driver is
 * no {@link PortPublisher} are published there.
 */
public interface InwardDriver {

    /**
     * Tells whether a sandbox with this endpoint needs another way outside; the same for the same records. Asked only of networks that are
     * not internal and of endpoints that give no default route.
     */
    boolean needsWayOut(NetworkState network, EndpointState endpoint);
}
