package io.cnm4j.spi.plan;

import io.cnm4j.api.model.Family;
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
                KernelOp.AddAddress,
                KernelOp.AddRoute,
                KernelOp.Announce,
                KernelOp.SetSysctl,
                KernelOp.ServeNames,
                KernelOp.SealPort,
                LinkOp,
                NeighbourOp,
                FirewallOp,
                FileOp,
                TunnelOp {

    /** The namespace in which it happens. */
    NamespaceRef namespace();

    /** The object that it makes or takes for itself, if it is one that others could want too. */
    default Optional<Claim> claim() {
        return Optional.empty();
    }

    /** Tells whether others may claim the same object. */
    default boolean isShared() {
        return claim().filter(Claim::shared).isPresent();
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
     * The kernel encrypts what leaves an address for a UDP port of other hosts, and takes nothing at that port that did not come
     * encrypted: ESP with AES-256-GCM in UDP, transport mode (RFC 4303, RFC 3948). Without a key for a host nothing leaves for it. This
     * process has the socket that ESP comes to and gives the kernel the keys, which are the cluster's: while it is gone nothing comes
     * in, and nothing leaves in the clear.
     *
     * @param namespace where the address is
     * @param local the address, IPv4 or IPv6
     * @param port UDP port of ESP, here and on the other hosts
     * @param inner UDP port of what is encrypted
     * @param mark whose it is; policies and states have its {@link Mark#group} as reqid
     */
    record SealPort(NamespaceRef namespace, IpAddress local, int port, int inner, String mark) implements KernelOp {
        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("encryption " + namespace + " " + local + " " + inner, true));
        }

        @Override
        public List<String> render() {
            return List.of(
                    namespace.run("ip xfrm policy add " + selector("out") + template()),
                    namespace.run("ip xfrm policy add " + selector("in") + template()),
                    "# and this process takes ESP at " + local + " udp port " + port
                            + ", and gives the kernel its keys");
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(
                    namespace.run("ip xfrm state deleteall reqid " + Mark.group(mark)),
                    namespace.run("ip xfrm policy delete " + selector("in")),
                    namespace.run("ip xfrm policy delete " + selector("out")));
        }

        private String selector(String direction) {
            String any = local.family() == Family.IPV4 ? "0.0.0.0/0" : "::/0";
            return (direction.equals("out") ? "src " + local : "dst " + any) + " proto udp dport " + inner + " dir "
                    + direction;
        }

        private String template() {
            return " tmpl proto esp mode transport reqid " + Mark.group(mark);
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
            String chain = "netdev " + table + " lo ";
            lines.add(namespace.run("nft add table netdev " + table));
            lines.add(namespace.run("nft add chain " + chain
                    + "{ type filter hook ingress device lo priority 0 \\; policy accept \\; }"));
            for (String protocol : List.of("udp", "tcp")) {
                lines.add(namespace.run("nft add rule " + chain + "ip daddr " + ADDRESS + " " + protocol + " dport 53 "
                        + protocol + " dport set " + PORT));
            }
            for (String protocol : List.of("udp", "tcp")) {
                lines.add(namespace.run("nft add rule " + chain + "ip saddr " + ADDRESS + " " + protocol + " sport "
                        + PORT + " " + protocol + " sport set 53"));
            }
            lines.add(namespace.run("nft add rule " + chain + "ip saddr " + ADDRESS
                    + " icmp type destination-unreachable @th,240,16 " + PORT + " @th,240,16 set 53"));
            lines.add(
                    "# nft leaves the checksum of that error as it was, and whoever asked waits instead of being refused");
            lines.add("# and this process answers on " + ADDRESS + ":" + PORT + " in " + namespace);
            return List.copyOf(lines);
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("nft delete table netdev " + table));
        }
    }
}
