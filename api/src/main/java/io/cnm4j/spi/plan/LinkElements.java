package io.cnm4j.spi.plan;

import static io.cnm4j.spi.plan.FirewallRule.Field.DPORT;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP6_DADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP6_SADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP_DADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP_SADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.L4PROTO;
import static io.cnm4j.spi.plan.FirewallRule.Field.SPORT;
import static io.cnm4j.spi.plan.HostFirewall.digit;
import static io.cnm4j.spi.plan.HostFirewall.set;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.plan.FirewallElement.Address;
import io.cnm4j.spi.plan.FirewallElement.Ports;
import io.cnm4j.spi.plan.FirewallElement.Subnet;
import io.cnm4j.spi.plan.FirewallElement.Transport;
import io.cnm4j.spi.plan.FirewallElement.Value;
import io.cnm4j.spi.plan.FirewallRule.Established;
import io.cnm4j.spi.plan.FirewallRule.Field;
import io.cnm4j.spi.plan.FirewallRule.InSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Links between containers of a network without ICC in the table of {@link HostFirewall}. One container opens connections to ports of
 * the other, never the other way round; what a link let through stops with it.
 */
public final class LinkElements {
    /** The chain in which packets of networks without ICC end. */
    static final String CHAIN = "linked";

    private static final String ONE = "linked";
    private static final String RANGE = "linkedrange";

    private LinkElements() {}

    static List<FirewallSet> sets(Family family, FirewallType address) {
        return List.of(
                set(ONE + digit(family), false, address, address, FirewallType.INET_PROTO, FirewallType.INET_SERVICE),
                set(RANGE + digit(family), true, address, address, FirewallType.INET_PROTO, FirewallType.INET_SERVICE));
    }

    static FirewallChain chain() {
        var rules = new ArrayList<FirewallRule>();
        for (Family family : Family.values()) {
            boolean ipv4 = family == Family.IPV4;
            Field source = ipv4 ? IP_SADDR : IP6_SADDR;
            Field destination = ipv4 ? IP_DADDR : IP6_DADDR;
            for (String set : List.of(ONE, RANGE)) {
                String name = set + digit(family);
                rules.add(FirewallRule.of(
                        FirewallRule.Verdict.ACCEPT, new InSet(List.of(source, destination, L4PROTO, DPORT), name)));
                rules.add(FirewallRule.of(
                        FirewallRule.Verdict.ACCEPT,
                        new Established(),
                        new InSet(List.of(destination, source, L4PROTO, SPORT), name)));
            }
        }
        rules.add(FirewallRule.of(FirewallRule.Verdict.DROP));
        return new FirewallChain(CHAIN, Optional.empty(), rules);
    }

    /**
     * Returns: one container reaches these ports of another.
     *
     * @param from the address of who opens connections
     * @param to the address of who listens, of the same family
     */
    public static FirewallElement opening(IpAddress from, IpAddress to, ContainerPorts ports) {
        boolean one = ports.ports().count() == 1;
        return new FirewallElement(
                (one ? ONE : RANGE) + digit(to.family()),
                List.of(
                        address(from, one),
                        address(to, one),
                        new Transport(ports.protocol().number()),
                        new Ports(ports.ports())),
                List.of());
    }

    /** In a set with ranges every part of a key is a range. */
    static Value address(IpAddress address, boolean alone) {
        return alone
                ? new Address(address)
                : new Subnet(new IpPrefix(address, address.family().bits()));
    }
}
