package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/** What a network is to be from now on, its endpoints with it. What is absent stays as it is. */
@Value.Immutable
public interface NetworkUpdate {

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** All of its labels. */
    Optional<Map<String, String>> labels();

    /** The MTU in octets, 68 to 65535, of all its interfaces: those that are there, and those to come. */
    OptionalInt mtu();

    /** Subnets that it gets besides those it has. Endpoints keep their addresses; later ones get theirs from the first that has any left. */
    List<SubnetRequest> subnets();

    /** Refuses an MTU that no link has. */
    @Value.Check
    default void check() {
        if (mtu().isPresent() && (mtu().getAsInt() < 68 || mtu().getAsInt() > 65_535)) {
            throw new InvalidRequestException("MTU " + mtu().getAsInt() + " must be 68 to 65535 octets");
        }
    }

    /** Builds an update. Not thread-safe. */
    final class Builder extends ImmutableNetworkUpdate.Builder {
        /** Starts with nothing to change. */
        public Builder() {}
    }
}
