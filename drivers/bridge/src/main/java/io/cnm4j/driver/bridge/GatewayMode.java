package io.cnm4j.driver.bridge;

import java.util.Locale;

/** How packets of a family get into a bridge network and out of it, BR-06. */
public enum GatewayMode {
    /** Out with an address of the host; in through published ports of the host alone. */
    NAT,
    /** The same, and whoever knows the way to a container's own address reaches all of its ports. */
    NAT_UNPROTECTED,
    /** Out with its own address; in at the container's address, at published ports alone. */
    ROUTED,
    /** Neither; the bridge has no address. For internal networks. */
    ISOLATED;

    /** Returns it as options write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
