package io.cnm4j.spi.plan;

import io.cnm4j.api.model.InterfaceNames;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a link should be. All links are up. Attributes as in include/uapi/linux/if_link.h. */
public sealed interface LinkSpec {

    /** Name in its namespace. */
    String name();

    /** The kind, as ip-link(8) says it. */
    String kind();

    /** MTU in octets; 0 leaves it to the kernel. */
    int mtu();

    /** Hardware address; the kernel chooses if absent. */
    Optional<MacAddress> mac();

    /** What it carries in its alias to say whose it is; see {@link Mark}. */
    String mark();

    /** Returns the lines of ip(8) that make it. */
    List<String> render();

    /** Returns the lines that make it in this namespace, to be typed in the host's. */
    default List<String> render(NamespaceRef home) {
        return render().stream().map(home::run).toList();
    }

    /**
     * A bridge.
     *
     * @param name name, 1 to 15 characters
     * @param mtu MTU in octets, 0 for the kernel's default
     * @param mac hardware address; always set one, or the bridge takes that of its ports as they come and go
     * @param mark whose it is
     */
    record Bridge(String name, int mtu, Optional<MacAddress> mac, String mark) implements LinkSpec {
        /** Refuses a name that the kernel would refuse. */
        public Bridge {
            InterfaceNames.check(name);
        }

        @Override
        public String kind() {
            return "bridge";
        }

        @Override
        public List<String> render() {
            return List.of(
                    "ip link add name " + name + attributes(mtu, mac) + group(mark) + " up type bridge",
                    "ip link set dev " + name + " alias '" + mark + "'");
        }
    }

    /**
     * A pair of virtual Ethernet devices. This end is born in the namespace of the operation, the other in {@code peer}'s.
     *
     * @param name name of this end, 1 to 15 characters
     * @param mtu MTU of both ends in octets, 0 for the kernel's default
     * @param port how this end sits in a bridge, if it does
     * @param mark whose it is
     * @param peer the other end
     */
    record Veth(String name, int mtu, Optional<BridgePort> port, String mark, Peer peer) implements LinkSpec {
        /** Refuses a name that the kernel would refuse. */
        public Veth {
            InterfaceNames.check(name);
        }

        @Override
        public String kind() {
            return "veth";
        }

        @Override
        public Optional<MacAddress> mac() {
            return Optional.empty();
        }

        @Override
        public List<String> render() {
            var lines = new ArrayList<String>();
            lines.add("ip link add name " + name + attributes(mtu, mac()) + group(mark)
                    + port.map(p -> " master " + p.bridge()).orElse("") + " up type veth peer name " + peer.name()
                    + attributes(mtu, peer.mac())
                    + (peer.namespace().isHost()
                            ? ""
                            : " netns " + peer.namespace().path()));
            lines.add("ip link set dev " + name + " alias '" + mark + "'");
            lines.add(peer.namespace().run("ip link set dev " + peer.name() + " up"));
            port.filter(p -> p.hairpin() || p.isolated())
                    .ifPresent(p -> lines.add("bridge link set dev " + name + (p.hairpin() ? " hairpin on" : "")
                            + (p.isolated() ? " isolated on" : "")));
            return List.copyOf(lines);
        }
    }

    /**
     * The far end of a veth pair.
     *
     * @param namespace where it is born
     * @param name its name there
     * @param mac its hardware address; the kernel chooses if absent
     */
    record Peer(NamespaceRef namespace, String name, Optional<MacAddress> mac) {
        /** Refuses a name that the kernel would refuse. */
        public Peer {
            InterfaceNames.check(name);
        }
    }

    /**
     * How a link sits in a bridge of the same namespace.
     *
     * @param bridge the bridge's name
     * @param hairpin whether frames may leave by the port they came in (IFLA_BRPORT_MODE)
     * @param isolated whether frames from and to other isolated ports are dropped (IFLA_BRPORT_ISOLATED)
     */
    record BridgePort(String bridge, boolean hairpin, boolean isolated) {}

    /** A link that stands on another one, its parent, which is in the host namespace; itself it is born where it is wanted. */
    sealed interface Child extends LinkSpec {
        /** Name of the parent in the host namespace. */
        String parent();

        /** Returns the words of ip-link(8) after the kind. */
        String words();

        @Override
        default List<String> render() {
            return render(NamespaceRef.HOST);
        }

        @Override
        default List<String> render(NamespaceRef home) {
            return List.of(
                    "ip link add link " + parent() + " name " + name() + attributes(mtu(), mac()) + group(mark())
                            + (home.isHost() ? " up" : " up netns " + home.path()) + " type " + kind() + words(),
                    home.run("ip link set dev " + name() + " alias '" + mark() + "'"));
        }
    }

    /**
     * A sub-interface for tagged frames, IEEE 802.1Q.
     *
     * @param name name, 1 to 15 characters
     * @param parent the link whose frames are tagged
     * @param id the tag, 1 to 4094
     * @param shared whether others may want the very same
     * @param mark whose it is
     */
    record Vlan(String name, String parent, int id, boolean shared, String mark) implements Child {
        /** Refuses names that the kernel would refuse. */
        public Vlan {
            InterfaceNames.check(name);
            InterfaceNames.check(parent);
        }

        @Override
        public String kind() {
            return "vlan";
        }

        @Override
        public int mtu() {
            return 0;
        }

        @Override
        public Optional<MacAddress> mac() {
            return Optional.empty();
        }

        @Override
        public String words() {
            return " id " + id;
        }
    }

    /**
     * A link with a hardware address of its own on its parent's network.
     *
     * @param name name, 1 to 15 characters
     * @param parent the parent
     * @param mode how frames between children of one parent go
     * @param mtu MTU in octets, 0 for the parent's
     * @param mac hardware address; with {@link MacvlanMode#PASSTHRU} it has the parent's
     * @param mark whose it is
     */
    record Macvlan(String name, String parent, MacvlanMode mode, int mtu, Optional<MacAddress> mac, String mark)
            implements Child {
        /** Refuses names that the kernel would refuse. */
        public Macvlan {
            InterfaceNames.check(name);
            InterfaceNames.check(parent);
        }

        @Override
        public String kind() {
            return "macvlan";
        }

        @Override
        public String words() {
            return " mode " + mode.label();
        }
    }

    /**
     * A link with addresses of its own behind its parent's hardware address.
     *
     * @param name name, 1 to 15 characters
     * @param parent the parent
     * @param mode at which layer packets are told apart
     * @param flag how packets between children of one parent go
     * @param mtu MTU in octets, 0 for the parent's
     * @param mark whose it is
     */
    record Ipvlan(String name, String parent, IpvlanMode mode, IpvlanFlag flag, int mtu, String mark) implements Child {
        /** Refuses names that the kernel would refuse. */
        public Ipvlan {
            InterfaceNames.check(name);
            InterfaceNames.check(parent);
        }

        @Override
        public String kind() {
            return "ipvlan";
        }

        @Override
        public Optional<MacAddress> mac() {
            return Optional.empty();
        }

        @Override
        public String words() {
            return " mode " + mode.label() + " " + flag.label();
        }
    }

    /**
     * A link that leads nowhere: a parent for children that talk to each other only.
     *
     * @param name name, 1 to 15 characters
     * @param mtu MTU in octets, 0 for the kernel's default
     * @param mac hardware address
     * @param mark whose it is
     */
    record Dummy(String name, int mtu, Optional<MacAddress> mac, String mark) implements LinkSpec {
        /** Refuses a name that the kernel would refuse. */
        public Dummy {
            InterfaceNames.check(name);
        }

        @Override
        public String kind() {
            return "dummy";
        }

        @Override
        public List<String> render() {
            return List.of(
                    "ip link add name " + name + attributes(mtu, mac) + group(mark) + " up type dummy",
                    "ip link set dev " + name + " alias '" + mark + "'");
        }
    }

    /**
     * One end of a tunnel to other hosts, a port of a bridge. It learns nothing, asks nobody, and answers for the neighbours it is given
     * (IFLA_VXLAN_PROXY). It is born where it lives; its datagrams pass through the controller's host namespace.
     *
     * @param name name, 1 to 15 characters
     * @param mtu MTU in octets, 0 for the kernel's default
     * @param mac hardware address
     * @param mark whose it is
     * @param vni network identifier, 1 to 16777215
     * @param local address of this host in the underlay, IPv4 or IPv6
     * @param port UDP port on all hosts
     * @param sealed whether ESP protects what it sends and takes, which needs no checksum of UDP then (RFC 6935)
     * @param bridge the bridge's name
     */
    record Vxlan(
            String name,
            int mtu,
            Optional<MacAddress> mac,
            String mark,
            int vni,
            IpAddress local,
            int port,
            boolean sealed,
            String bridge)
            implements LinkSpec {
        /** Refuses a name that the kernel would refuse. */
        public Vxlan {
            InterfaceNames.check(name);
        }

        @Override
        public String kind() {
            return "vxlan";
        }

        @Override
        public List<String> render() {
            return List.of(
                    "ip link add name " + name + attributes(mtu, mac) + group(mark) + " master " + bridge
                            + " up type vxlan id " + vni + " local " + local + " dstport " + port
                            + " nolearning proxy" + (sealed ? " udp6zerocsumtx udp6zerocsumrx" : ""),
                    "ip link set dev " + name + " alias '" + mark + "'");
        }
    }

    /**
     * A device whose frames a program takes and gives, a port of a bridge: there also while no program has it open (TUNSETPERSIST), with
     * large frames and unfinished checksums as they are (IFF_VNET_HDR).
     *
     * @param name name, 1 to 15 characters
     * @param mtu MTU in octets, 0 for the kernel's default
     * @param mac hardware address
     * @param mark whose it is
     * @param bridge the bridge's name
     */
    record Tap(String name, int mtu, Optional<MacAddress> mac, String mark, String bridge) implements LinkSpec {
        /** Refuses a name that the kernel would refuse. */
        public Tap {
            InterfaceNames.check(name);
        }

        @Override
        public String kind() {
            return "tun"; // which ip-link(8) calls TUN and TAP devices alike
        }

        @Override
        public List<String> render() {
            return List.of(
                    "ip tuntap add dev " + name + " mode tap vnet_hdr",
                    "ip link set dev " + name + attributes(mtu, mac) + group(mark) + " master " + bridge + " alias '"
                            + mark + "' up");
        }
    }

    private static String group(String mark) {
        return " group " + Mark.group(mark);
    }

    private static String attributes(int mtu, Optional<MacAddress> mac) {
        return (mtu == 0 ? "" : " mtu " + mtu) + mac.map(m -> " address " + m).orElse("");
    }
}
