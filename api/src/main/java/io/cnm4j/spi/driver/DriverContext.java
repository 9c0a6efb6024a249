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
 */
public record DriverContext(HostView host, Siblings siblings, RandomGenerator random, boolean mayForward) {}
