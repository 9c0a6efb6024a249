package io.cnm4j.spi.plan;

/**
 * A kernel object that a plan takes for itself.
 *
 * @param object names the object on its host, such as {@code link host br-0123456789ab}
 * @param shared whether others may claim the same object, in which case it goes with the last of them
 */
public record Claim(String object, boolean shared) {}
