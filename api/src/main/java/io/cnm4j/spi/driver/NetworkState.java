package io.cnm4j.spi.driver;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.Family;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** A network as a driver sees it. */
@Value.Immutable
public interface NetworkState {
    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** The controller that owns it. */
    ControllerId controller();

    /** Identity. */
    NetworkId id();

    /** Name. */
    String name();

    /** Whether endpoints get an IPv4 address. */
    boolean ipv4();

    /** Whether endpoints get an IPv6 address. */
    boolean ipv6();

    /** Whether it is cut off from the outside. */
    boolean internal();

    /** Driver options as requested. */
    Map<String, String> options();

    /** Its subnets, in the order requested, IPv4 first; then those added later. */
    List<NetworkPool> pools();

    /** What {@link NetworkDriver#decideNetwork} decided; empty before. */
    Map<String, String> note();

    /** Returns the first subnet of this family. */
    default Optional<NetworkPool> pool(Family family) {
        return pools().stream().filter(pool -> pool.subnet().family() == family).findFirst();
    }

    /** Builds a state. Not thread-safe. */
    final class Builder extends ImmutableNetworkState.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
