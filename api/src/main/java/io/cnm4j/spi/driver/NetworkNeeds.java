package io.cnm4j.spi.driver;

/**
 * What a network needs from the core.
 *
 * @param addresses whether it has subnets and its endpoints have addresses at all
 * @param gateway4 whether an IPv4 gateway is taken when the user gave none
 * @param gateway6 whether an IPv6 gateway is taken when the user gave none
 * @param interfacePrefix what interface names in a sandbox begin with, such as {@code eth}
 */
public record NetworkNeeds(boolean addresses, boolean gateway4, boolean gateway6, String interfacePrefix) {}
