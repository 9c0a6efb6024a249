package io.cnm4j.core.ledger;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.ipam.PoolState;
import java.util.Map;
import java.util.Optional;

/**
 * A leased subnet.
 *
 * @param state what the IPAM driver needs to have it again
 * @param gateway the gateway, if one was taken
 * @param auxiliary addresses kept from being handed out, by name
 */
public record PoolRecord(PoolState state, Optional<IpAddress> gateway, Map<String, IpAddress> auxiliary) {}
