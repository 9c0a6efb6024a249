package io.cnm4j.spi.driver;

import io.cnm4j.spi.host.HostView;
import java.util.random.RandomGenerator;

/**
 * What a driver may look at when it decides.
 *
 * @param host the host
 * @param siblings all other networks of the same driver and controller
 * @param random chance; the same seed gives the same decisions
 * @param mayForward whether the configuration allows IP forwarding to be turned on in the host namespace
 * @param places how the endpoints of the network are spread over its places
 */
public record DriverContext(
        HostView host, Siblings siblings, RandomGenerator random, boolean mayForward, Places places) {

    /** How many endpoints of a network are where. */
    @FunctionalInterface
    public interface Places {
        /** There are none. */
        Places NONE = place -> 0;

        /** Returns how many endpoints of the network, joined or not, have this as {@link EndpointState#PLACE} in their note. */
        int taken(String place);
    }

    /** Makes what a driver may look at that has no places. */
    public DriverContext(HostView host, Siblings siblings, RandomGenerator random, boolean mayForward) {
        this(host, siblings, random, mayForward, Places.NONE);
    }
}
