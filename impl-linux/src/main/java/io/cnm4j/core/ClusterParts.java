package io.cnm4j.core;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.registry.Named;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.store.KeyValueStore;
import java.time.Duration;

/**
 * What a controller needs to take part in a cluster.
 *
 * @param store which the hosts share; the controller closes it
 * @param address of this host
 * @param dataPort UDP port of the tunnels
 * @param encryptedPort UDP port of encrypted ones
 * @param kernelEncryption whether the kernel encrypts where it can
 * @param keyLife after which time their key is replaced
 * @param keys where this host's are for those who seal with them
 * @param timeToLive of the host's session
 * @param grace how long a host that is gone keeps what it has
 * @param ipams opened IPAM drivers by name, for the cluster's networks alone
 */
public record ClusterParts(
        KeyValueStore store,
        IpAddress address,
        int dataPort,
        int encryptedPort,
        boolean kernelEncryption,
        Duration keyLife,
        KeyBoard keys,
        Duration timeToLive,
        Duration grace,
        Named<Ipam> ipams) {}
