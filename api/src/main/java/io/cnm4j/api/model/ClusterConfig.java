package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.time.Duration;
import org.immutables.value.Value;

/** How a controller takes part in networks that several hosts share. */
@Value.Immutable
public interface ClusterConfig {

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** The store that all hosts of the cluster share. */
    StoreAddress store();

    /** The address of this host at which the others reach it; one that a link of the host namespace has. */
    IpAddress address();

    /** The UDP port of the tunnels between hosts, the same on all of them; default 4789. 1024 to 49151. */
    @Value.Default
    default int dataPort() {
        return 4789;
    }

    /**
     * The UDP port of encrypted tunnels, the same on all hosts; default 4500, that of ESP in UDP (RFC 3948). 1024 to 49151, and neither it
     * nor the next one, which is used inside of it, {@link #dataPort}: choose another where an IPsec daemon runs beside.
     */
    @Value.Default
    default int encryptedPort() {
        return 4500;
    }

    /**
     * Whether the kernel encrypts, where it has ESP; default true. Where it has none, or this is false, this process does. Hosts of
     * both kinds understand each other. What is on a host already stays as it is, and
     * while this process encrypts some networks it encrypts those that come, too.
     */
    @Value.Default
    default boolean kernelEncryption() {
        return true;
    }

    /**
     * After which time the key of encrypted networks is replaced; default 1 hour, at least 1 second. A key seals at most 2^32-1 packets
     * from one host to another.
     */
    @Value.Default
    default Duration keyLife() {
        return Duration.ofHours(1);
    }

    /** After which silence the store takes this host for gone; default 10 seconds, at least 1. */
    @Value.Default
    default Duration timeToLive() {
        return Duration.ofSeconds(10);
    }

    /** How long after that the other hosts leave it its endpoints and addresses, so that it may come back; default 30 seconds. */
    @Value.Default
    default Duration grace() {
        return Duration.ofSeconds(30);
    }

    /** Refuses a port outside of its range and times that are too short. */
    @Value.Check
    default void check() {
        if (dataPort() < 1024 || dataPort() > 49151) { // OV-05
            throw new InvalidRequestException("data port " + dataPort() + " must be 1024 to 49151");
        }
        if (encryptedPort() < 1024
                || encryptedPort() > 49151
                || encryptedPort() == dataPort()
                || encryptedPort() + 1 == dataPort()) {
            throw new InvalidRequestException("encrypted port " + encryptedPort()
                    + " must be 1024 to 49151, and neither it nor the next one the data port " + dataPort());
        }
        if (keyLife().compareTo(Duration.ofSeconds(1)) < 0) {
            throw new InvalidRequestException("key life " + keyLife() + " must be at least 1 second");
        }
        if (timeToLive().compareTo(Duration.ofSeconds(1)) < 0 || grace().isNegative()) {
            throw new InvalidRequestException("time to live " + timeToLive() + " must be at least 1 second, and grace "
                    + grace() + " not negative");
        }
        if (address().isUnspecified() || address().isLoopback()) {
            throw new InvalidRequestException("address " + address() + " is none at which other hosts reach this one");
        }
    }

    /** Builds a configuration. Not thread-safe. */
    final class Builder extends ImmutableClusterConfig.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
