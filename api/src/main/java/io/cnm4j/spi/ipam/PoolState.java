package io.cnm4j.spi.ipam;

import io.cnm4j.api.model.IpPrefix;
import java.util.Optional;

/**
 * A pool as a record keeps it.
 *
 * @param id the driver's own name for it
 * @param owner the network it is for, for messages
 * @param pool the subnet
 * @param range the part from which addresses are taken, if narrower
 */
public record PoolState(String id, String owner, IpPrefix pool, Optional<IpPrefix> range) {}
