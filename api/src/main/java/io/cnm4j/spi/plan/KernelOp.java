package io.cnm4j.spi.plan;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.InterfaceNames;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One step, and the one thing that is true after it. A step is all or nothing. Making a thing fails if something foreign has
 * its name; making it absent is fine if it is gone already.
 */
public sealed interface KernelOp {

    /** The namespace in which it happens. */
    NamespaceRef namespace();

    /** The object that it makes or takes for itself, if it is one that others could want too. */
    default Optional<Claim> claim() {
        return Optional.empty();
    }

    /** Returns lines that an operator could type. */
    List<String> render();

    /** Returns lines that take it back; none where the thing goes with another. */
    default List<String> renderRemoval() {
        return List.of();
    }

    /**
     * A network namespace, kept by a mount on its path, its loopback up.
     *
     * @param namespace its path, in a directory that exists or is made
     * @param sysctls what is set in it at birth, key to value, before any link is born
     */
    record MakeNamespace(NamespaceRef namespace, Map<String, String> sysctls) implements KernelOp {
        /** Copies and sorts the map. */
        public MakeNamespace {
            sysctls = java.util.Collections.unmodifiableMap(new TreeMap<>(sysctls));
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("namespace " + namespace, false));
        }

        @Override
        public List<String> render() {
            var lines = new ArrayList<String>();
            lines.add("install -m 0600 -D /dev/null " + namespace.path());
            lines.add("unshare --net=" + namespace.path() + " ip link set dev lo up");
            sysctls.forEach((key, value) -> lines.add(namespace.run("sysctl -q -w " + key + "=" + value)));
            return List.copyOf(lines);
        }

        @Override
        public List<String> renderRemoval() {
            return List.of("umount --lazy " + namespace.path(), "rm -f " + namespace.path());
        }
    }

    /**
     * A namespace of somebody else that must be there.
     *
     * @param namespace its path
     */
    record UseNamespace(NamespaceRef namespace) implements KernelOp {
        @Override
        public List<String> render() {
            return List.of("test -e " + namespace.path());
        }
    }

    /**
     * A link, up and marked.
     *
     * @param namespace where it, or this end of it, is born
     * @param link how it should be
     */
    record AddLink(NamespaceRef namespace, LinkSpec link) implements KernelOp {
        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("link " + namespace + " " + link.name(), false));
        }

        @Override
        public List<String> render() {
            return link.render().stream().map(namespace::run).toList();
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip link del dev " + link.name()));
        }
    }

    /**
     * A link of somebody else that must be there; it is used and left as it is.
     *
     * @param namespace where it is
     * @param name its name
     * @param kind its kind, as ip-link(8) says it
     */
    record UseLink(NamespaceRef namespace, String name, String kind) implements KernelOp {
        /** Refuses a name that the kernel would refuse. */
        public UseLink {
            InterfaceNames.check(name);
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("link " + namespace + " " + name, false));
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run("ip link show dev " + name + " type " + kind));
        }
    }

    /**
     * An address on a link. IPv6 addresses skip duplicate address detection (IFA_F_NODAD).
     *
     * @param namespace where the link is
     * @param link the link's name
     * @param address address and prefix length
     */
    record AddAddress(NamespaceRef namespace, String link, IpPrefix address) implements KernelOp {
        @Override
        public List<String> render() {
            return List.of(namespace.run(
                    "ip address add " + address + " dev " + link + (address.family() == Family.IPV6 ? " nodad" : "")));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip address del " + address + " dev " + link));
        }
    }

    /**
     * A route in the main table.
     *
     * @param namespace where
     * @param route the route
     */
    record AddRoute(NamespaceRef namespace, RouteSpec route) implements KernelOp {
        @Override
        public List<String> render() {
            return List.of(namespace.run(ip() + " route add " + route));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run(ip() + " route del " + route));
        }

        private String ip() {
            return route.destination().family() == Family.IPV6 ? "ip -6" : "ip";
        }
    }

    /**
     * A permanent neighbour: which hardware address an address has.
     *
     * @param namespace where the link is
     * @param link the link's name
     * @param address the neighbour's address
     * @param mac its hardware address
     */
    record AddNeighbour(NamespaceRef namespace, String link, IpAddress address, MacAddress mac) implements KernelOp {
        @Override
        public List<String> render() {
            return List.of(
                    namespace.run("ip neigh add " + address + " lladdr " + mac + " dev " + link + " nud permanent"));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip neigh del " + address + " dev " + link));
        }
    }

    /**
     * A static forwarding entry of a bridge: by which port a hardware address is reached.
     *
     * @param namespace where the bridge is
     * @param port the port's name
     * @param mac the hardware address
     */
    record AddForwarding(NamespaceRef namespace, String port, MacAddress mac) implements KernelOp {
        @Override
        public List<String> render() {
            return List.of(namespace.run("bridge fdb add " + mac + " dev " + port + " master static"));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("bridge fdb del " + mac + " dev " + port + " master"));
        }
    }

    /**
     * A kernel parameter of a namespace, sysctl(8).
     *
     * @param namespace where
     * @param key the key with dots, a link's name in it last but one, such as {@code net.ipv6.conf.eth0.accept_ra}; a dot
     *     inside the link's name is written as a slash
     * @param value the value
     * @param restore the value it gets back when the step is removed; absent if it goes with its link or namespace
     */
    record SetSysctl(NamespaceRef namespace, String key, String value, Optional<String> restore) implements KernelOp {
        @Override
        public Optional<Claim> claim() {
            return restore.map(before -> new Claim("sysctl " + namespace + " " + key, true));
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run("sysctl -q -w " + key + "=" + value));
        }

        @Override
        public List<String> renderRemoval() {
            return restore.map(before -> List.of(namespace.run("sysctl -q -w " + key + "=" + before)))
                    .orElse(List.of());
        }
    }

    /**
     * The controller's nftables table with its sets and chains, shared by all networks that need a firewall.
     *
     * @param table the table
     */
    record AddTable(FirewallTable table) implements KernelOp {
        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("table " + table.name(), true));
        }

        @Override
        public List<String> render() {
            return table.render();
        }

        @Override
        public List<String> renderRemoval() {
            return List.of("nft delete table inet " + table.name());
        }
    }

    /**
     * Elements in sets and maps of the controller's table: all of them in one transaction.
     *
     * @param table the table's name
     * @param elements the elements; not empty
     * @param shared whether others may add the very same elements
     */
    record AddElements(String table, List<FirewallElement> elements, boolean shared) implements KernelOp {
        /** Copies the list. */
        public AddElements {
            elements = List.copyOf(elements);
        }

        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("elements " + table + " " + elements, shared));
        }

        @Override
        public List<String> render() {
            return elements.stream()
                    .map(element -> "nft add element inet " + table + " " + element.render())
                    .toList();
        }

        @Override
        public List<String> renderRemoval() {
            return elements.stream()
                    .map(element -> "nft delete element inet " + table + " " + element.renderKey())
                    .toList();
        }
    }

    /**
     * Ports of the host, held by sockets of this process as long as it lives, so that no other program gets them. What reaches them is
     * relayed to the container: that is what no firewall rule can translate, such as {@code ::1}.
     *
     * @param ports the ports; not empty
     */
    record HoldPorts(List<HeldPorts> ports) implements KernelOp {
        /** Copies the list. */
        public HoldPorts {
            ports = List.copyOf(ports);
        }

        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public List<String> render() {
            return ports.stream().map(HeldPorts::render).toList();
        }

        @Override
        public List<String> renderRemoval() {
            return ports.stream().map(HeldPorts::renderRemoval).toList();
        }
    }

    /**
     * A file, and its directory.
     *
     * @param path absolute path; the directory above it is ours and goes when it is empty
     * @param content what it holds, UTF-8
     */
    record WriteFile(String path, String content) implements KernelOp {
        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("file " + path, false));
        }

        @Override
        public List<String> render() {
            return List.of("install -m 0644 -D /dev/stdin " + path + " <<'EOF'\n" + content + "EOF");
        }

        @Override
        public List<String> renderRemoval() {
            String directory = path.substring(0, path.lastIndexOf('/'));
            return List.of("rm -f " + path, "rmdir --ignore-fail-on-non-empty " + directory);
        }
    }
}
