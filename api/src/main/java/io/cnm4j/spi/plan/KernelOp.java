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
public sealed interface KernelOp
        permits KernelOp.MakeNamespace,
                KernelOp.HoldNamespace,
                KernelOp.UseNamespace,
                KernelOp.AddLink,
                KernelOp.UseLink,
                KernelOp.MoveLink,
                KernelOp.SetMtu,
                KernelOp.AddAddress,
                KernelOp.AddRoute,
                KernelOp.Announce,
                KernelOp.AddNeighbour,
                KernelOp.AddProxy,
                KernelOp.AddForwarding,
                KernelOp.AddTunnelPeer,
                KernelOp.SetSysctl,
                KernelOp.AddTable,
                KernelOp.AddElements,
                KernelOp.HoldPorts,
                KernelOp.WriteFile,
                KernelOp.CopyFile,
                KernelOp.ServeNames,
                TunnelOp {

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
     * A namespace that somebody else made, kept by a mount on a path of ours.
     *
     * @param namespace the path, in a directory that exists or is made
     * @param source where the namespace is found, such as {@code /proc/PID/ns/net}; not needed any more once it is kept
     * @param identity which namespace it is, so that another one that is found there later is not taken for it
     */
    record HoldNamespace(NamespaceRef namespace, String source, String identity) implements KernelOp {
        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("namespace " + namespace, false));
        }

        @Override
        public List<String> render() {
            return List.of(
                    "install -m 0600 -D /dev/null " + namespace.path(),
                    "mount --bind " + source + " " + namespace.path());
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
            boolean shared = link instanceof LinkSpec.Vlan vlan && vlan.shared();
            return Optional.of(new Claim("link " + namespace + " " + link.name(), shared));
        }

        @Override
        public List<String> render() {
            return link.render(namespace);
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip link del dev " + link.name()));
        }
    }

    /**
     * Another MTU of a link that is there, and had another.
     *
     * @param namespace where it is
     * @param link its name
     * @param mtu in octets
     * @param before what it gets back when the step is removed, in octets
     */
    record SetMtu(NamespaceRef namespace, String link, int mtu, int before) implements KernelOp {
        @Override
        public List<String> render() {
            return List.of(namespace.run("ip link set dev " + link + " mtu " + mtu));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip link set dev " + link + " mtu " + before));
        }
    }

    /**
     * A link of somebody else that must be there; it is used and left as it is.
     *
     * @param namespace where it is
     * @param name its name
     * @param kind its kind, as ip-link(8) says it; empty for a device that has none
     * @param shared whether others may use it too
     */
    record UseLink(NamespaceRef namespace, String name, String kind, boolean shared) implements KernelOp {
        /** Refuses a name that the kernel would refuse. */
        public UseLink {
            InterfaceNames.check(name);
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("link " + namespace + " " + name, shared));
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run("ip link show dev " + name + (kind.isEmpty() ? "" : " type " + kind)));
        }
    }

    /**
     * A link of somebody else that is moved into a namespace, renamed, marked and raised; removed, it is handed back as it was called.
     *
     * @param source its name in the host's namespace
     * @param target where it goes
     * @param name its name there
     * @param mac hardware address that it gets; absent keeps its own
     * @param mark whose it is while it is there; see {@link Mark}
     */
    record MoveLink(String source, NamespaceRef target, String name, Optional<MacAddress> mac, String mark)
            implements KernelOp {
        /** Refuses names that the kernel would refuse. */
        public MoveLink {
            InterfaceNames.check(source);
            InterfaceNames.check(name);
        }

        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("link " + target + " " + name, false));
        }

        @Override
        public List<String> render() {
            return List.of(
                    "ip link set dev " + source + " netns " + target.path() + " name " + name
                            + mac.map(m -> " address " + m).orElse("") + " up",
                    target.run("ip link set dev " + name + " alias '" + mark + "'"));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(target.run("ip link set dev " + name + " netns 1 name " + source + " alias '' down"));
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
     * A route in the main table. One in the host's namespace carries the protocol number {@link #PROTOCOL}: with the mark of its link that
     * says whose it is.
     *
     * @param namespace where
     * @param route the route
     */
    record AddRoute(NamespaceRef namespace, RouteSpec route) implements KernelOp {
        /** The protocol number (rtm_protocol, linux/rtnetlink.h) of routes that this library makes in the host's namespace. */
        public static final int PROTOCOL = 196;

        @Override
        public Optional<Claim> claim() {
            return namespace.isHost()
                    ? Optional.of(new Claim("route " + route.destination(), false))
                    : Optional.empty();
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run(ip()
                    + (route.beside() ? " route append " : " route add ")
                    + route
                    + (namespace.isHost() ? " proto " + PROTOCOL : "")));
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
     * Tells the neighbours of a link that its addresses are at its hardware address, in place of what they may remember. Nothing is
     * there afterwards that was not before: it happens once, with what it comes with. The kernel sends it where the link has the
     * parameters arp_notify and ndisc_notify.
     *
     * @param namespace where the link is
     * @param link the link's name
     * @param mac the hardware address it has
     */
    record Announce(NamespaceRef namespace, String link, MacAddress mac) implements KernelOp {
        @Override
        public List<String> render() {
            return List.of(namespace.run("ip link set dev " + link + " address " + mac));
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
        public Optional<Claim> claim() {
            return namespace.isHost()
                    ? Optional.of(new Claim("neighbour " + link + " " + address, false))
                    : Optional.empty();
        }

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
     * An IPv6 address for which the host answers neighbour solicitations that come in by a link: who asks sends to the host, which
     * routes. RFC 4389 section 4.1.3 speaks of it, ip-neighbour(8) calls it a proxy.
     *
     * @param namespace where the link is
     * @param link the link's name; it has the parameter proxy_ndp
     * @param address the address
     */
    record AddProxy(NamespaceRef namespace, String link, IpAddress address) implements KernelOp {
        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("proxy " + namespace + " " + link + " " + address, false));
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run("ip neigh add proxy " + address + " dev " + link));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip neigh del proxy " + address + " dev " + link));
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
     * A static forwarding entry of a tunnel: at which host a hardware address is. That of {@link MacAddress#NONE} is where frames for
     * groups and for hosts nobody named go; it has as many entries as there are hosts.
     *
     * @param namespace where the tunnel's link is
     * @param link its name
     * @param mac the hardware address
     * @param host the other host's address in the underlay
     */
    record AddTunnelPeer(NamespaceRef namespace, String link, MacAddress mac, IpAddress host) implements KernelOp {
        @Override
        public Optional<Claim> claim() {
            return mac.equals(MacAddress.NONE)
                    ? Optional.of(new Claim("tunnel " + namespace + " " + link + " " + host, true))
                    : Optional.empty();
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run("bridge fdb " + (mac.equals(MacAddress.NONE) ? "append " : "replace ") + mac
                    + " dev " + link + " dst " + host + " self permanent"));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("bridge fdb del " + mac + " dev " + link + " dst " + host + " self"));
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
     * @param content what it holds, UTF-8; made by {@link OwnedText} if edits matter
     * @param edits what becomes of edits by others
     */
    record WriteFile(String path, String content, OwnedText.Edits edits) implements KernelOp {
        /** Makes a file whose edits are undone. */
        public WriteFile(String path, String content) {
            this(path, content, OwnedText.Edits.UNDONE);
        }

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
            return removal(path);
        }

        private static List<String> removal(String path) {
            String directory = path.substring(0, path.lastIndexOf('/'));
            return List.of("rm -f " + path, "rmdir --ignore-fail-on-non-empty " + directory);
        }
    }

    /**
     * A copy of one of the host's files, and its directory: octet by octet if it is UTF-8. It does not follow the host's, and edits by others
     * are kept; only a block of ours at its end changes.
     *
     * @param source the file of the host; as good as empty if there is none
     * @param path absolute path; the directory above it is ours and goes when it is empty
     * @param block made by {@link OwnedText#block}; nothing if empty
     */
    record CopyFile(String source, String path, String block) implements KernelOp {
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
            String copy = "install -m 0644 -D " + source + " " + path;
            return block.isEmpty() ? List.of(copy) : List.of(copy, "cat >> " + path + " <<'EOF'\n" + block + "EOF");
        }

        @Override
        public List<String> renderRemoval() {
            return WriteFile.removal(path);
        }
    }

    /**
     * A name server of this process inside a namespace, on {@link #ADDRESS}: it answers as long as the process lives, and a new
     * process that finds this in a record starts its own.
     *
     * @param namespace where it is asked
     * @param table the name of the nftables table that brings questions from port 53 to its own port; ours if it has this name
     */
    record ServeNames(NamespaceRef namespace, String table) implements KernelOp {
        /** Where containers ask. */
        public static final String ADDRESS = "127.0.0.11";

        /** The port the server has, so that one in the container can have 53; the next free one if it is taken. */
        public static final int PORT = 21_053;

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("names " + namespace, false));
        }

        @Override
        public List<String> render() {
            var lines = new ArrayList<String>();
            lines.add(namespace.run("nft add table ip " + table));
            lines.add(namespace.run("nft add chain ip " + table
                    + " output { type nat hook output priority -100 \\; policy accept \\; }"));
            for (String protocol : List.of("udp", "tcp")) {
                lines.add(namespace.run("nft add rule ip " + table + " output ip daddr " + ADDRESS + " " + protocol
                        + " dport 53 dnat to " + ADDRESS + ":" + PORT));
            }
            lines.add("# and this process answers on " + ADDRESS + ":" + PORT + " in " + namespace);
            return List.copyOf(lines);
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("nft delete table ip " + table));
        }
    }
}
