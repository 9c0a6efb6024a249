package io.cnm4j.spi.host;

import io.cnm4j.api.model.MacAddress;
import java.util.Optional;

/**
 * What the kernel says of a link.
 *
 * @param name its name
 * @param index its index, positive
 * @param kind its kind as ip-link(8) says it; empty for a device that has none, such as the loopback
 * @param mtu MTU in octets
 * @param mac hardware address, if it has one
 * @param alias its alias; empty if it has none
 * @param up whether it is administratively up
 */
public record LinkFacts(
        String name, int index, String kind, int mtu, Optional<MacAddress> mac, String alias, boolean up) {}
