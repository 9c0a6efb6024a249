package io.cnm4j.api.model;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.InvalidRequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** What a new network should be. */
@Value.Immutable
public interface NetworkRequest {
    /** The name of the default network of driver {@code bridge}. */
    String BRIDGE = "bridge";

    /** The name of the default network of driver {@code host}. */
    String HOST = "host";

    /** The name of the default network of driver {@code none}. */
    String NONE = "none";

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Returns a request for a bridge network with defaults throughout. */
    static NetworkRequest named(String name) {
        return builder().name(name).build();
    }

    /** The name people use; unique within a controller, not blank. */
    String name();

    /** The id to have; a random one if absent. */
    Optional<NetworkId> id();

    /** The driver's name; default {@code bridge}. */
    @Value.Default
    default String driver() {
        return "bridge";
    }

    /** Whether endpoints get an IPv4 address; default true. */
    @Value.Default
    default boolean ipv4() {
        return true;
    }

    /** Whether endpoints get an IPv6 address; default false. */
    @Value.Default
    default boolean ipv6() {
        return false;
    }

    /** Whether the network is cut off from everything outside it, the host's own addresses excepted; default false. */
    @Value.Default
    default boolean internal() {
        return false;
    }

    /**
     * Whether sandboxes on it find each other by name: they ask the embedded name server. Default true; without it their resolver
     * configuration names the host's servers, as on Docker's default bridge.
     */
    @Value.Default
    default boolean resolution() {
        return true;
    }

    /** Free labels; cnm4j keeps them and gives them no meaning. */
    Map<String, String> labels();

    /** Options for the driver, by its option names; unknown ones are ignored. */
    Map<String, String> options();

    /** The IPAM driver's name; default {@code default}. */
    @Value.Default
    default String ipam() {
        return "default";
    }

    /** Options for the IPAM driver. */
    Map<String, String> ipamOptions();

    /** Subnets asked for. A family that is on and has none here gets one from the default pools. */
    List<SubnetRequest> subnets();

    /** Refuses a blank name and subnets of a family that is off. */
    @Value.Check
    default void check() {
        if (name().isBlank()) {
            throw new InvalidRequestException("network name is blank; give it a name");
        }
        for (SubnetRequest subnet : subnets()) {
            if (!(subnet.family() == Family.IPV4 ? ipv4() : ipv6())) {
                throw new InvalidRequestException("network '" + name() + "' asks for " + subnet.describe() + " but "
                        + subnet.family() + " is off; turn it on or leave the subnet out");
            }
        }
    }

    /** Builds a request. Not thread-safe. */
    final class Builder extends ImmutableNetworkRequest.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
