package io.cnm4j.spi.driver;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PublishedPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** An endpoint as a driver sees it. */
@Value.Immutable
public interface EndpointState {
    /** The key in a note under which a driver whose networks have several places says in which the endpoint is. */
    String PLACE = "place";

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Identity. */
    EndpointId id();

    /** Name. */
    String name();

    /** Its addresses with the lengths of their subnets, IPv4 first. */
    List<IpPrefix> addresses();

    /** The hardware address: as requested, or a random one of the core's. A driver whose links have none of their own ignores it. */
    MacAddress mac();

    /** Whether that address was asked for; default false. */
    @Value.Default
    default boolean macRequested() {
        return false;
    }

    /** The ports that it is to be published on, as requested. */
    List<PublishedPort> publish();

    /** Driver options as requested. */
    Map<String, String> options();

    /** What {@link NetworkDriver#decideEndpoint} decided; empty before. */
    Map<String, String> note();

    /** Returns the address of this family. */
    default Optional<IpPrefix> address(Family family) {
        return addresses().stream()
                .filter(address -> address.family() == family)
                .findFirst();
    }

    /** Builds a state. Not thread-safe. */
    final class Builder extends ImmutableEndpointState.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
