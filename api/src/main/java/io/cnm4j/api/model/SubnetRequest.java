package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** A subnet for a network: given, or by size, or left to the IPAM driver. */
@Value.Immutable
public interface SubnetRequest {

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Returns a request for this subnet, such as 10.1.0.0/16, or for any of this size, such as 0.0.0.0/26. */
    static SubnetRequest of(String pool) {
        return builder().pool(IpPrefix.parse(pool)).build();
    }

    /** The subnet. An unspecified address asks for any free one of that length. Absent: the IPAM driver chooses. */
    Optional<IpPrefix> pool();

    /** The part of {@link #pool} from which addresses are taken when none is asked for. */
    Optional<IpPrefix> range();

    /** The gateway; the first free address if absent. */
    Optional<IpAddress> gateway();

    /** Addresses in use by something else, by a free name: never handed out. */
    Map<String, IpAddress> auxiliary();

    /** The family; default that of the pool, or IPv4. */
    @Value.Default
    default Family family() {
        return pool().map(IpPrefix::family).orElse(Family.IPV4);
    }

    /** Tells whether the IPAM driver is free to choose where the subnet lies. */
    default boolean dynamic() {
        return pool().isEmpty() || pool().orElseThrow().address().isUnspecified();
    }

    /** Returns a few words for messages. */
    default String describe() {
        return pool().map(pool -> "subnet " + pool).orElse("any " + family() + " subnet");
    }

    /** Refuses host bits, mixed families, and a range, gateway or auxiliary address outside the pool. */
    @Value.Check
    default void check() {
        pool().ifPresent(pool -> noHostBits("subnet", pool));
        range().ifPresent(range -> noHostBits("range", range));
        if (pool().isPresent() && pool().orElseThrow().family() != family()) {
            throw new InvalidRequestException("subnet " + pool().orElseThrow() + " is not " + family());
        }
        if (dynamic()
                && (range().isPresent() || gateway().isPresent() || !auxiliary().isEmpty())) {
            throw new InvalidRequestException(
                    "a range, gateway or auxiliary address needs a subnet it lies in; name the subnet");
        }
        if (dynamic()) {
            return;
        }
        IpPrefix pool = pool().orElseThrow();
        range().filter(range -> !pool.contains(range)).ifPresent(range -> {
            throw new InvalidRequestException(
                    "range " + range + " is not inside subnet " + pool + "; choose one that is");
        });
        gateway().ifPresent(gateway -> inside("gateway", gateway, pool));
        auxiliary().forEach((name, address) -> inside("auxiliary address '" + name + "'", address, pool));
    }

    private static void noHostBits(String what, IpPrefix prefix) {
        if (prefix.hasHostBits()) {
            throw new InvalidRequestException(
                    what + " " + prefix + " has host bits set; did you mean " + prefix.subnet() + "?");
        }
    }

    private static void inside(String what, IpAddress address, IpPrefix pool) {
        if (!pool.contains(address)) {
            throw new InvalidRequestException(
                    what + " " + address + " is not inside subnet " + pool + "; choose one that is");
        }
    }

    /** Builds a request. Not thread-safe. */
    final class Builder extends ImmutableSubnetRequest.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
