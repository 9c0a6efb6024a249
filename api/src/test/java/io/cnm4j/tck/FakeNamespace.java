package io.cnm4j.tck;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.RouteSpec;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One network namespace of a {@link FakeHost}. Guarded by its host. */
final class FakeNamespace {
    final TreeMap<String, Link> links = new TreeMap<>();
    final List<RouteSpec> routes = new ArrayList<>();
    final TreeMap<String, MacAddress> neighbours = new TreeMap<>(); // by link and address
    final TreeMap<String, String> sysctls = new TreeMap<>();
    final Set<TunnelOp> tunnels = new HashSet<>();
    final Set<String> nameServers = new TreeSet<>(); // by the table that brings them questions

    /** A link. */
    static final class Link {
        final FakeNamespace home;
        final String name;
        final String kind;
        final List<IpPrefix> addresses = new ArrayList<>();
        final Set<IpAddress> proxies = new HashSet<>();
        int index;
        int mtu;
        Optional<MacAddress> mac = Optional.empty();
        String alias = "";
        Optional<String> port = Optional.empty(); // "master BRIDGE ..." as dump says it
        Optional<String> master = Optional.empty();

        Optional<String> child = Optional.empty(); // its parent and mode, as dump says it
        final List<Link> children = new ArrayList<>();

        @Nullable
        Link peer;

        Link(FakeNamespace home, String name, String kind) {
            this.home = home;
            this.name = name;
            this.kind = kind;
        }

        LinkFacts facts() {
            return new LinkFacts(name, index, kind, mtu, mac, alias, true);
        }

        @Override
        public String toString() {
            return name + (kind.isEmpty() ? "" : " type " + kind) + " mtu " + mtu
                    + mac.map(address -> " address " + address).orElse("")
                    + port.map(text -> " " + text).orElse("")
                    + child.map(text -> " " + text).orElse("")
                    + (alias.isEmpty() ? "" : " alias '" + alias + "'");
        }
    }

    /** Makes a namespace with a loopback. */
    FakeNamespace() {
        sysctls.put("net.ipv4.ip_forward", "0");
        sysctls.put("net.ipv6.conf.all.forwarding", "0");
        sysctls.put("net.ipv6.conf.all.disable_ipv6", "0");
        sysctls.put("net.ipv6.conf.default.disable_ipv6", "0");
        add(new Link(this, "lo", ""), 1, 65536);
    }

    Link add(Link link, int index, int mtu) {
        link.index = index;
        link.mtu = mtu;
        links.put(link.name, link);
        String name = link.name.replace('.', '/') + ".";
        String conf = "net.ipv6.conf." + name;
        sysctls.put("net.ipv4.conf." + name + "route_localnet", "0");
        sysctls.put("net.ipv4.conf." + name + "forwarding", "0");
        sysctls.put("net.ipv4.conf." + name + "proxy_arp_pvlan", "0");
        sysctls.put("net.ipv4.neigh." + name + "proxy_delay", "80");
        sysctls.put("net.ipv6.neigh." + name + "proxy_delay", "80");
        sysctls.put(conf + "proxy_ndp", "0");
        sysctls.put(conf + "accept_redirects", "1");
        sysctls.put(conf + "accept_ra", "1");
        sysctls.put(conf + "accept_dad", "1");
        sysctls.put(conf + "disable_ipv6", sysctls.getOrDefault("net.ipv6.conf.default.disable_ipv6", "0"));
        return link;
    }

    /** Removes a link with all that hangs on it, and the other end of a pair. */
    static void remove(Link link) {
        if (!link.home.links.remove(link.name, link)) {
            return;
        }
        FakeNamespace home = link.home;
        home.routes.removeIf(route -> route.link().equals(link.name));
        home.neighbours.keySet().removeIf(key -> key.startsWith(link.name + " "));
        String conf = "." + link.name.replace('.', '/') + ".";
        home.sysctls.keySet().removeIf(key -> key.contains(".conf" + conf) || key.contains(".neigh" + conf));
        home.links.values().forEach(other -> {
            if (other.master.equals(Optional.of(link.name))) {
                other.master = Optional.empty();
                other.port = Optional.empty();
            }
        });
        if (link.peer != null) {
            remove(link.peer);
        }
        List.copyOf(link.children).forEach(FakeNamespace::remove);
    }

    /** Tells whether a next hop is on the subnet of one of the link's addresses. */
    boolean reaches(String link, IpAddress gateway) {
        Link there = links.get(link);
        boolean onLink = there != null && there.addresses.stream().anyMatch(address -> address.contains(gateway));
        onLink |= routes.stream()
                .anyMatch(route -> route.link().equals(link)
                        && route.gateway().isEmpty()
                        && route.destination().contains(gateway));
        return onLink || (gateway.family() == Family.IPV6 && gateway.isLinkLocal());
    }

    void dump(String name, List<String> lines) {
        for (Link link : links.values()) {
            lines.add(name + " link " + link);
            link.addresses.stream()
                    .map(address -> name + " address " + address + " dev " + link.name)
                    .sorted()
                    .forEach(lines::add);
        }
        links.values()
                .forEach(link -> link.proxies.stream()
                        .map(address -> name + " proxy " + address + " dev " + link.name)
                        .sorted()
                        .forEach(lines::add));
        routes.stream().map(route -> name + " route " + route).sorted().forEach(lines::add);
        neighbours.forEach((neighbour, mac) -> lines.add(name + " neighbour " + neighbour + " at " + mac));
        for (Map.Entry<String, String> entry : sysctls.entrySet()) {
            lines.add(name + " sysctl " + entry.getKey() + "=" + entry.getValue());
        }
    }
}
