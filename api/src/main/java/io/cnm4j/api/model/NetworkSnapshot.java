package io.cnm4j.api.model;

import io.cnm4j.api.NetworkId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.immutables.value.Value;

/** A network as it was at one moment. */
@Value.Immutable
public interface NetworkSnapshot {
    /** Identity. */
    NetworkId id();

    /** Name. */
    String name();

    /** When it was created. */
    Instant created();

    /** Driver's name. */
    String driver();

    /** IPAM driver's name. */
    String ipam();

    /** Whether endpoints get an IPv4 address. */
    boolean ipv4();

    /** Whether endpoints get an IPv6 address. */
    boolean ipv6();

    /** Whether it is cut off from the outside. */
    boolean internal();

    /** Free labels. */
    Map<String, String> labels();

    /** Driver options as requested. */
    Map<String, String> options();

    /** Subnets as allocated, in the order requested, IPv4 first; then those added later. */
    List<SubnetSnapshot> subnets();

    /** How many of its endpoints can be in sandboxes at once; as many as one likes if absent. */
    OptionalInt capacity();

    /** What the driver decided for itself, such as the bridge's name. */
    Map<String, String> driverNote();

    /** Builds a snapshot. Not thread-safe. */
    final class Builder extends ImmutableNetworkSnapshot.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
