package io.cnm4j.spi.plan;

import io.cnm4j.api.model.InterfaceNames;
import io.cnm4j.api.model.MacAddress;
import java.util.List;
import java.util.Optional;

/** A step that makes, takes or changes a link. */
public sealed interface LinkOp extends KernelOp {
    /**
     * A link, up and marked.
     *
     * @param namespace where it, or this end of it, is born
     * @param link how it should be
     */
    record AddLink(NamespaceRef namespace, LinkSpec link) implements LinkOp {
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
     * A link of somebody else that must be there; it is used and left as it is.
     *
     * @param namespace where it is
     * @param name its name
     * @param kind its kind, as ip-link(8) says it; empty for a device that has none
     * @param shared whether others may use it too
     */
    record UseLink(NamespaceRef namespace, String name, String kind, boolean shared) implements LinkOp {
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
            implements LinkOp {
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
     * Another MTU of a link that is there, and had another.
     *
     * @param namespace where it is
     * @param link its name
     * @param mtu in octets
     * @param before what it gets back when the step is removed, in octets
     */
    record SetMtu(NamespaceRef namespace, String link, int mtu, int before) implements LinkOp {
        @Override
        public List<String> render() {
            return List.of(namespace.run("ip link set dev " + link + " mtu " + mtu));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip link set dev " + link + " mtu " + before));
        }
    }
}
