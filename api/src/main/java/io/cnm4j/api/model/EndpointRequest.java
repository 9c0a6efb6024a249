package io.cnm4j.api.model;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** What a new endpoint should be. */
@Value.Immutable
public interface EndpointRequest {
    /**
     * The option that sets kernel parameters of the interface, in any network: a list such as {@code
     * net.ipv4.conf.IFNAME.arp_ignore=1,net.ipv6.neigh.IFNAME.gc_stale_time=30}.
     */
    String SYSCTLS = "com.docker.network.endpoint.sysctls";

    /** The option that names the interface inside the sandbox, in any network. */
    String INTERFACE_NAME = "com.docker.network.endpoint.ifname";

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Returns a request with defaults throughout. */
    static EndpointRequest named(String name) {
        return builder().name(name).build();
    }

    /** The name; unique on its network, not blank. */
    String name();

    /** The id to have; a random one if absent. */
    Optional<EndpointId> id();

    /** The IPv4 address to have; any free one if absent. */
    Optional<IpAddress> ipv4();

    /** The IPv6 address to have; any free one if absent. */
    Optional<IpAddress> ipv6();

    /**
     * The hardware address to have. If absent a random, locally administered one; on a network of a cluster {@code 02:42:} and the last
     * four octets of its first address.
     */
    Optional<MacAddress> mac();

    /** More names by which others on the network find it, in this order after its own; letter case means nothing. */
    List<String> aliases();

    /** Names that only its own sandbox has for others on the network: alias to name. They go before real names. */
    Map<String, String> links();

    /** What it serves, to be found by SRV questions. */
    List<ServicePort> services();

    /** Whether to go without IPv6 on a network that has it; default false. */
    @Value.Default
    default boolean disableIpv6() {
        return false;
    }

    /**
     * The interface's name inside the sandbox; that of option {@value #INTERFACE_NAME} if absent, and the lowest free {@code ethN} if that is, too.
     */
    Optional<String> interfaceName();

    /** Link-local addresses that the interface has besides: of 169.254.0.0/16 and fe80::/10. Nobody checks who else has them. */
    List<IpAddress> linkLocal();

    /** Routes that its sandbox has while it is there, besides those of its network; each of a family of which it has an address. */
    List<StaticRoute> routes();

    /** Returns the name that the interface should have, if one was asked for either way. */
    default Optional<String> interfaceWish() { // EO-14
        return interfaceName().or(() -> Optional.ofNullable(options().get(INTERFACE_NAME)));
    }

    /** Ports through which it is reached from outside while it is in a sandbox and that sandbox' gateway; none by default. */
    List<PublishedPort> publish();

    /**
     * Ports on which the container listens: {@link #publishAll} publishes them, and endpoints that link to this one reach them where
     * the network lets containers reach each other by links alone. BP-16
     */
    List<ContainerPorts> expose();

    /** Whether exposed ports that {@link #publish} does not name are published too, at any free host ports; default false. */
    @Value.Default
    default boolean publishAll() {
        return false;
    }

    /** Returns all ports to publish: those asked for, then the exposed ones that count. */
    default List<PublishedPort> wishes() {
        var wishes = new ArrayList<>(publish());
        for (ContainerPorts exposed : publishAll() ? expose() : List.<ContainerPorts>of()) {
            boolean named = publish().stream()
                    .map(PublishedPort::container)
                    .anyMatch(
                            c -> c.protocol() == exposed.protocol() && c.ports().overlaps(exposed.ports()));
            if (!named) { // BP-17
                wishes.add(PublishedPort.anywhere(exposed));
            }
        }
        return List.copyOf(wishes);
    }

    /**
     * Who gives its sandbox the default routes, for each family by itself: of the endpoints that can, that with the highest priority, of
     * equals one whose network is not internal, then one that serves both families, then the first by network name. Any number; default 0.
     */
    @Value.Default
    default int gatewayPriority() {
        return 0;
    }

    /** Options for the driver, by its option names; unknown ones are ignored. */
    Map<String, String> options();

    /** Free labels; cnm4j keeps them and gives them no meaning. */
    Map<String, String> labels();

    /** Refuses a blank name, impossible aliases, addresses of the wrong family, a group MAC address and an impossible interface name. */
    @Value.Check
    default void check() {
        if (name().isBlank()) {
            throw new InvalidRequestException("endpoint name is blank; give it a name");
        }
        aliases().forEach(DnsNames::check);
        links().keySet().forEach(DnsNames::check);
        links().values().forEach(DnsNames::check);
        ipv4().ifPresent(address -> family(address, Family.IPV4));
        ipv6().ifPresent(address -> family(address, Family.IPV6));
        if (ipv6().isPresent() && disableIpv6()) {
            throw new InvalidRequestException(
                    "endpoint '" + name() + "' asks for " + ipv6().orElseThrow() + " and for no IPv6; leave one out");
        }
        mac().filter(MacAddress::isMulticast).ifPresent(mac -> {
            throw new InvalidRequestException(
                    "MAC address " + mac + " is a group address; the first octet must be even");
        });
        interfaceWish().ifPresent(InterfaceNames::check);
        linkLocal().stream()
                .filter(address -> !address.isLinkLocal())
                .findFirst()
                .ifPresent(address -> {
                    throw new InvalidRequestException(
                            "'" + address + "' is not a link-local address; those are in 169.254.0.0/16 and fe80::/10");
                });
    }

    private static void family(IpAddress address, Family family) {
        if (address.family() != family || address.isUnspecified()) {
            throw new InvalidRequestException(
                    "'" + address + "' is not an " + family + " address an endpoint can have");
        }
    }

    /** Builds a request. Not thread-safe. */
    final class Builder extends ImmutableEndpointRequest.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
