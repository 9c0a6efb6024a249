package io.cnm4j.api.model;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** An endpoint as it was at one moment. */
@Value.Immutable
public interface EndpointSnapshot {
    /** Identity. */
    EndpointId id();

    /** Name. */
    String name();

    /** The network it is on. */
    NetworkId network();

    /** The sandbox that joined it, if any. */
    Optional<SandboxId> sandbox();

    /** Its addresses with their subnets' lengths, IPv4 first. */
    List<IpPrefix> addresses();

    /** Its hardware address, if the driver gives it one. */
    Optional<MacAddress> mac();

    /** The interface's name inside the sandbox, while joined. */
    Optional<String> interfaceName();

    /** The gateways it brings, IPv4 first. */
    List<IpAddress> gateways();

    /** The ports through which it is reached now; empty while it is in no sandbox, or not its gateway. */
    List<PortMapping> ports();

    /** Free labels. */
    Map<String, String> labels();

    /** What the driver decided for itself, such as the host side's interface name. */
    Map<String, String> driverNote();

    /** Returns the address of this family, if it has one. */
    default Optional<IpAddress> address(Family family) {
        return addresses().stream()
                .map(IpPrefix::address)
                .filter(address -> address.family() == family)
                .findFirst();
    }

    /** Builds a snapshot. Not thread-safe. */
    final class Builder extends ImmutableEndpointSnapshot.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
