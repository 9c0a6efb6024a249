package io.cnm4j.spi.plan;

import static io.cnm4j.spi.plan.FirewallRule.Field.DPORT;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP6_DADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.IP_DADDR;
import static io.cnm4j.spi.plan.FirewallRule.Field.L4PROTO;
import static io.cnm4j.spi.plan.HostFirewall.digit;
import static io.cnm4j.spi.plan.HostFirewall.map;
import static io.cnm4j.spi.plan.HostFirewall.set;

import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PortRange;
import io.cnm4j.spi.plan.FirewallElement.Address;
import io.cnm4j.spi.plan.FirewallElement.Ports;
import io.cnm4j.spi.plan.FirewallElement.Subnet;
import io.cnm4j.spi.plan.FirewallElement.Transport;
import io.cnm4j.spi.plan.FirewallElement.Value;
import io.cnm4j.spi.plan.FirewallRule.DestinationMap;
import io.cnm4j.spi.plan.FirewallRule.Field;
import io.cnm4j.spi.plan.FirewallRule.InSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Published ports in the table of {@link HostFirewall}. A range that keeps its numbers is one element, any other range is as many as it
 * has ports.
 */
public final class PortElements {
    private static final String ANY = "any"; // at all addresses of the host
    private static final String AT = "at"; // at one of them
    private static final String RANGE = "range";
    private static final String DIRECT = "direct";
    private static final String DIRECT_RANGE = "directrange";

    private PortElements() {}

    static List<FirewallSet> sets(Family family, FirewallType address) {
        char digit = digit(family);
        List<FirewallType> target = List.of(address, FirewallType.INET_SERVICE);
        return List.of(
                map(ANY + digit, false, target, FirewallType.INET_PROTO, FirewallType.INET_SERVICE),
                map(AT + digit, false, target, address, FirewallType.INET_PROTO, FirewallType.INET_SERVICE),
                map(RANGE + digit, true, List.of(address), address, FirewallType.INET_PROTO, FirewallType.INET_SERVICE),
                set(DIRECT + digit, false, address, FirewallType.INET_PROTO, FirewallType.INET_SERVICE),
                set(DIRECT_RANGE + digit, true, address, FirewallType.INET_PROTO, FirewallType.INET_SERVICE));
    }

    private static List<Field> at(Family family) {
        return List.of(family == Family.IPV4 ? IP_DADDR : IP6_DADDR, L4PROTO, DPORT);
    }

    static List<FirewallRule> translation(Family family) {
        char digit = digit(family);
        return List.of(
                FirewallRule.of(new DestinationMap(family, List.of(L4PROTO, DPORT), ANY + digit)),
                FirewallRule.of(new DestinationMap(family, at(family), AT + digit)),
                FirewallRule.of(new DestinationMap(family, at(family), RANGE + digit)));
    }

    static List<FirewallRule> direct(Family family) {
        char digit = digit(family);
        return List.of(
                FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(at(family), DIRECT + digit)),
                FirewallRule.of(FirewallRule.Verdict.ACCEPT, new InSet(at(family), DIRECT_RANGE + digit)));
    }

    /**
     * Returns: what comes to these ports of the host goes to the container.
     *
     * @param container the container's address, of the family of the mapping
     */
    public static List<FirewallElement> translated(PortMapping mapping, IpAddress container) {
        var transport = new Transport(mapping.protocol().number());
        char digit = digit(mapping.family());
        boolean any = mapping.address().isUnspecified();
        PortRange inside = mapping.container().ports();
        if (inside.count() > 1 && inside.equals(mapping.ports())) {
            var hosts =
                    new IpPrefix(mapping.address(), any ? 0 : mapping.family().bits());
            return List.of(new FirewallElement(
                    RANGE + digit,
                    List.of(new Subnet(hosts), transport, new Ports(inside)),
                    List.of(new Address(container))));
        }
        String set = any ? ANY + digit : AT + digit;
        var host = new Address(mapping.address());
        var target = new Address(container);
        var elements = new ArrayList<FirewallElement>(inside.count());
        for (int i = 0; i < inside.count(); i++) {
            Ports port = port(mapping.ports(), i);
            List<Value> key = any ? List.of(transport, port) : List.of(host, transport, port);
            elements.add(new FirewallElement(set, key, List.of(target, port(inside, i))));
        }
        return elements;
    }

    /** Returns: these ports of a container may be reached at its own address. */
    public static FirewallElement direct(IpAddress container, ContainerPorts ports) {
        boolean one = ports.ports().count() == 1;
        return new FirewallElement(
                (one ? DIRECT : DIRECT_RANGE) + digit(container.family()),
                List.of(
                        LinkElements.address(container, one),
                        new Transport(ports.protocol().number()),
                        new Ports(ports.ports())),
                List.of());
    }

    /**
     * What an element translates.
     *
     * @param host the host's address; absent for any
     * @param protocol the protocol's number
     * @param ports the host's ports
     * @param container the container's address
     * @param inside the container's first port
     */
    public record Translation(
            Optional<IpAddress> host, int protocol, PortRange ports, IpAddress container, int inside) {}

    /** Returns what this element translates; absent if it is none that does. */
    public static Optional<Translation> translation(FirewallElement element) {
        String set = element.set().substring(0, element.set().length() - 1);
        if (!set.equals(ANY) && !set.equals(AT) && !set.equals(RANGE)) {
            return Optional.empty();
        }
        List<Value> key = element.key();
        int last = key.size() - 1;
        PortRange ports = ((Ports) key.get(last)).value();
        IpAddress container = ((Address) element.value().get(0)).value();
        int inside = set.equals(RANGE)
                ? ports.first()
                : ((Ports) element.value().get(1)).value().first();
        return Optional.of(
                new Translation(host(key), ((Transport) key.get(last - 1)).value(), ports, container, inside));
    }

    private static Optional<IpAddress> host(List<Value> key) {
        Optional<IpAddress> address = Optional.empty();
        if (key.get(0) instanceof Address one) {
            address = Optional.of(one.value());
        } else if (key.get(0) instanceof Subnet hosts) {
            address = Optional.of(hosts.value().address());
        }
        return address.filter(host -> !host.isUnspecified());
    }

    private static Ports port(PortRange range, int index) {
        return new Ports(PortRange.of(range.at(index)));
    }
}
