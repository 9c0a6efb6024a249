package io.cnm4j.tck;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.Difference.Kind;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.IpvlanMode;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Optional;

/** Links on a {@link FakeHost}; callers hold the host's monitor. */
final class FakeLinks {
    private FakeLinks() {}

    static Optional<Difference> compare(FakeHost host, LinkOp.AddLink add) {
        LinkSpec spec = add.link();
        FakeNamespace.Link link = host.namespace(add.namespace()).links.get(spec.name());
        if (link == null) {
            return Optional.of(new Difference(Kind.MISSING, add, "link " + spec.name() + " is not there"));
        }
        if (!link.alias.equals(spec.mark())) {
            return Optional.of(
                    new Difference(Kind.FOREIGN, add, "link " + spec.name() + " has alias '" + link.alias + "'"));
        }
        String wanted = text(spec);
        String found = text(link);
        return wanted.equals(found)
                ? Optional.empty()
                : Optional.of(new Difference(Kind.DIFFERENT, add, "link is '" + found + "', not '" + wanted + "'"));
    }

    private static String text(LinkSpec spec) {
        return spec.kind() + " mtu " + (spec.mtu() == 0 ? 1500 : spec.mtu())
                + spec.mac().map(mac -> " " + mac).orElse("")
                + (spec instanceof LinkSpec.Veth veth
                        ? " " + veth.port().map(FakeLinks::text).orElse("")
                        : "")
                + (spec instanceof LinkSpec.Child child ? text(child) : "");
    }

    private static String text(LinkSpec.Child child) {
        return " link " + child.parent() + child.words();
    }

    private static String text(FakeNamespace.Link link) {
        return link.kind + " mtu " + link.mtu + link.mac.map(mac -> " " + mac).orElse("")
                + (link.kind.equals("veth") ? " " + link.port.orElse("") : "")
                + link.child.orElse("");
    }

    private static String text(LinkSpec.BridgePort port) {
        return "master " + port.bridge() + (port.hairpin() ? " hairpin on" : "")
                + (port.isolated() ? " isolated on" : "");
    }

    /** Makes the link; one that is there and ours is set right in place. */
    static void make(FakeHost host, LinkOp.AddLink add) {
        LinkSpec spec = add.link();
        FakeNamespace.Link there = host.namespace(add.namespace()).links.get(spec.name());
        if (there != null && !there.alias.equals(spec.mark())) {
            throw new ConflictException("link '" + spec.name() + "' in " + add.namespace()
                    + " is not ours, its alias is '" + there.alias + "'; remove it or choose another name");
        }
        if (spec instanceof LinkSpec.Bridge bridge) {
            require(host, add, KernelFeature.BRIDGE);
            FakeNamespace.Link link =
                    there != null ? there : host.addLink(add.namespace(), spec.name(), "bridge", spec.mtu());
            set(link, bridge);
        } else if (spec instanceof LinkSpec.Vxlan) {
            FakeNamespace.Link link =
                    there != null ? there : host.addLink(add.namespace(), spec.name(), "vxlan", spec.mtu());
            set(link, spec);
        } else if (spec instanceof LinkSpec.Tap) {
            require(host, add, KernelFeature.TAP);
            set(there != null ? there : host.addLink(add.namespace(), spec.name(), spec.kind(), spec.mtu()), spec);
        } else if (spec instanceof LinkSpec.Veth veth) {
            require(host, add, KernelFeature.VETH);
            checkPort(host, add, veth);
            FakeNamespace.Link link = there != null ? there : addPair(host, add, veth);
            link.master = veth.port().map(LinkSpec.BridgePort::bridge);
            link.port = veth.port().map(FakeLinks::text);
            set(link, veth);
        } else if (spec instanceof LinkSpec.Child child) {
            require(host, add, feature(child));
            set(there != null ? there : addChild(host, add, child), child);
        } else {
            require(host, add, KernelFeature.DUMMY);
            set(there != null ? there : host.addLink(add.namespace(), spec.name(), spec.kind(), spec.mtu()), spec);
        }
    }

    private static KernelFeature feature(LinkSpec.Child child) {
        if (child instanceof LinkSpec.Vlan) {
            return KernelFeature.VLAN;
        } else if (child instanceof LinkSpec.Ipvlan ipvlan) {
            return ipvlan.mode() == IpvlanMode.L3S ? KernelFeature.IPVLAN_L3S : KernelFeature.IPVLAN;
        }
        return KernelFeature.MACVLAN;
    }

    private static FakeNamespace.Link addChild(FakeHost host, LinkOp.AddLink add, LinkSpec.Child child) {
        FakeNamespace.Link parent = host.namespace(NamespaceRef.HOST).links.get(child.parent());
        if (parent == null) {
            throw FakeHost.refused(FakeOps.text(add), 19, "ENODEV");
        }
        FakeNamespace.Link link = host.addLink(add.namespace(), child.name(), child.kind(), child.mtu());
        link.child = Optional.of(text(child));
        parent.children.add(link);
        return link;
    }

    private static FakeNamespace.Link addPair(FakeHost host, LinkOp.AddLink add, LinkSpec.Veth veth) {
        LinkSpec.Peer far = veth.peer();
        if (host.namespace(far.namespace()).links.containsKey(far.name())) {
            throw FakeHost.refused(FakeOps.text(add), 17, "EEXIST");
        }
        FakeNamespace.Link link = host.addLink(add.namespace(), veth.name(), "veth", veth.mtu());
        FakeNamespace.Link peer = host.addLink(far.namespace(), far.name(), "veth", veth.mtu());
        peer.mac = far.mac();
        peer.peer = link;
        link.peer = peer;
        return link;
    }

    private static void checkPort(FakeHost host, LinkOp.AddLink add, LinkSpec.Veth veth) {
        veth.port().ifPresent(port -> {
            FakeNamespace.Link bridge = host.namespace(add.namespace()).links.get(port.bridge());
            if (bridge == null || !bridge.kind.equals("bridge")) {
                throw FakeHost.refused(FakeOps.text(add), 19, "ENODEV");
            }
            if (port.isolated()) {
                require(host, add, KernelFeature.BRIDGE_PORT_ISOLATION);
            }
        });
    }

    private static void set(FakeNamespace.Link link, LinkSpec spec) {
        link.mtu = spec.mtu() == 0 ? 1500 : spec.mtu();
        link.mac = spec.mac();
        link.alias = spec.mark();
    }

    private static void require(FakeHost host, KernelOp op, KernelFeature feature) {
        if (!host.has(feature)) {
            throw FakeHost.refused(FakeOps.text(op), 95, "EOPNOTSUPP");
        }
    }
}
