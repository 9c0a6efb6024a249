package io.cnm4j.spi.host;

import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Questions about the controller's host namespace. Answers are of the moment; nothing is cached. */
public interface HostView {
    /** What follows the name of a chain of iptables-legacy. */
    String LEGACY = " (iptables-legacy)";

    /** Returns the link of this name, if there is one. */
    Optional<LinkFacts> link(String name);

    /** Returns the link that has this address, if there is one. Asked only when a network comes to this host. */
    Optional<LinkFacts> linkWith(IpAddress address);

    /** Returns the addresses of this link with their prefix lengths, link-local ones excepted; empty if there is no such link. */
    List<IpPrefix> addresses(String link);

    /** Returns the value of a kernel parameter of the host namespace, if the kernel has it. */
    Optional<String> sysctl(String key);

    /**
     * Returns the subnets of a family that the host uses itself: on-link routes of all interfaces and addresses of its name servers. A route
     * shorter than /8 is as good as a default route and is not among them. Asked only when a new network leaves the choice of its
     * subnet to the IPAM driver.
     */
    UsedSubnets subnetsInUse(Family family);

    /** Returns the name servers that the host itself asks, in its order; empty if it has none. */
    List<IpAddress> nameServers();

    /** Returns the host's resolver configuration. */
    ResolverText resolverConfiguration();

    /**
     * A resolver configuration, resolv.conf(5).
     *
     * @param host what the host itself asks; empty if it has none
     * @param beyondStub if the host asks only the stub of systemd-resolved what that one asks in turn, or else the same
     */
    record ResolverText(String host, String beyondStub) {}

    /**
     * Returns for each of these ways the base chains of other programs that drop what goes there, unless it is something in particular:
     * family, table and chain, such as {@code ip filter FORWARD}, and {@value #LEGACY} behind one of iptables-legacy. A chain that has a
     * rule for the link is not among them. Reads the rules of their tables, once.
     */
    default Map<PacketWay, List<String>> barriers(Set<PacketWay> ways) {
        return Map.of();
    }

    /**
     * Goes on only if the kernel has a feature.
     *
     * @throws io.cnm4j.api.error.UnsupportedException if it is missing; the message names the first kernel version that has it
     */
    void require(KernelFeature feature);

    /** Tells whether the kernel has a feature, for which there is another way. */
    default boolean has(KernelFeature feature) {
        try {
            require(feature);
            return true;
        } catch (UnsupportedException missing) {
            return false;
        }
    }
}
