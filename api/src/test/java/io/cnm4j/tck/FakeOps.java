package io.cnm4j.tck;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.Difference.Kind;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.FileOp;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.OwnedText;
import io.cnm4j.spi.plan.RouteSpec;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What each operation means on a {@link FakeHost}; callers hold the host's monitor. */
final class FakeOps {
    private final FakeHost host;

    FakeOps(FakeHost host) {
        this.host = host;
    }

    /** Returns how the host differs from what is true after the operation. */
    Optional<Difference> compare(KernelOp op) {
        if (!host.exists(op.namespace())) {
            return missing(op, false, "namespace " + op.namespace());
        }
        if (op instanceof LinkOp.AddLink add) {
            return FakeLinks.compare(host, add);
        } else if (op instanceof LinkOp.UseLink use) {
            return compare(use);
        } else if (op instanceof LinkOp.SetMtu set) {
            return missing(
                    op,
                    host.link(set.namespace(), set.link())
                            .filter(link -> link.mtu() == set.mtu())
                            .isPresent(),
                    "mtu " + set.mtu());
        } else if (op instanceof KernelOp.AddAddress add) {
            return missing(
                    op,
                    host.addresses(add.namespace(), add.link()).contains(add.address()),
                    "address " + add.address());
        } else if (op instanceof NeighbourOp.AddNeighbour add) {
            MacAddress mac = host.namespace(add.namespace()).neighbours.get(add.link() + " " + add.address());
            return missing(op, add.mac().equals(mac), "neighbour " + add.address());
        } else if (op instanceof NeighbourOp.AddProxy add) {
            FakeNamespace.Link there = host.namespace(add.namespace()).links.get(add.link());
            return missing(op, there != null && there.proxies.contains(add.address()), "proxy " + add.address());
        } else if (op instanceof KernelOp.AddRoute add) {
            return compare(add);
        } else if (op instanceof KernelOp.SetSysctl set) {
            String value = host.namespace(set.namespace()).sysctls.get(set.key());
            return set.value().equals(value)
                    ? Optional.empty()
                    : Optional.of(
                            new Difference(Kind.DIFFERENT, op, set.key() + " is " + value + ", not " + set.value()));
        } else if (op instanceof FirewallOp.AddTable add) {
            return missing(
                    op,
                    host.tables.containsKey(add.table().name()),
                    "table " + add.table().name());
        } else if (op instanceof FirewallOp.AddElements add) {
            Map<String, FirewallElement> there = elements(add);
            return missing(
                    op,
                    add.elements().stream().allMatch(element -> element.equals(there.get(key(element)))),
                    "elements of " + add.table());
        } else if (op instanceof FirewallOp.HoldPorts hold) {
            return missing(op, host.held.containsAll(hold.ports()), "hold of " + hold.ports());
        } else if (op instanceof FileOp.WriteFile write) {
            String content = host.files.get(write.path());
            return content == null
                            || OwnedText.change(content, write.content(), write.edits())
                                    .isEmpty()
                    ? missing(op, content != null, "file " + write.path())
                    : Optional.of(new Difference(Kind.DIFFERENT, op, write.path() + " holds something else"));
        } else if (op instanceof FileOp.CopyFile copy) {
            String content = host.files.get(copy.path());
            return content == null || OwnedText.withBlock(content, copy.block()).equals(content)
                    ? missing(op, content != null, "file " + copy.path())
                    : Optional.of(new Difference(Kind.DIFFERENT, op, copy.path() + " holds another block"));
        } else if (op instanceof KernelOp.ServeNames serve) {
            boolean there = host.namespace(serve.namespace()).nameServers.contains(serve.table());
            return missing(op, there, "name server " + serve.table());
        } else if (op instanceof KernelOp.SealPort seal) {
            return missing(op, host.sealed.contains(seal), "encryption of " + seal.local());
        } else if (op instanceof TunnelOp tunnel) {
            boolean linked = host.link(op.namespace(), tunnel.link()).isPresent();
            return missing(op, linked && host.namespace(op.namespace()).tunnels.contains(tunnel), "tunnel " + tunnel);
        }
        return Optional.empty(); // namespaces: looked at above
    }

    private Optional<Difference> compare(KernelOp.AddRoute add) {
        List<RouteSpec> routes = host.namespace(add.namespace()).routes;
        Optional<RouteSpec> other =
                routes.stream().filter(route -> isInTheWay(route, add.route())).findFirst();
        return routes.contains(add.route()) || other.isEmpty()
                ? missing(add, other.isPresent(), "route " + add.route())
                : Optional.of(new Difference(Kind.DIFFERENT, add, "there is the route " + other.orElseThrow()));
    }

    private Optional<Difference> compare(LinkOp.UseLink use) {
        Optional<String> kind = host.link(use.namespace(), use.name()).map(LinkFacts::kind);
        return kind.isEmpty() || kind.equals(Optional.of(use.kind()))
                ? missing(use, kind.isPresent(), "link " + use.name())
                : Optional.of(
                        new Difference(Kind.DIFFERENT, use, "link " + use.name() + " is a " + kind.orElseThrow()));
    }

    private static Optional<Difference> missing(KernelOp op, boolean there, String what) {
        return there ? Optional.empty() : Optional.of(new Difference(Kind.MISSING, op, what + " is not there"));
    }

    private Map<String, FirewallElement> elements(FirewallOp.AddElements op) {
        FakeHost.Table table = host.tables.get(op.table());
        return table == null ? new TreeMap<>() : table.elements;
    }

    /** Makes the operation true; for what differs only in place. Throws and changes nothing if it cannot be. */
    void make(KernelOp op) {
        if (op instanceof KernelOp.MakeNamespace make) {
            var namespace = new FakeNamespace();
            namespace.sysctls.putAll(make.sysctls());
            host.namespaces.put(make.namespace().path(), namespace);
        } else if (op instanceof KernelOp.HoldNamespace hold) {
            host.namespaces.put(hold.namespace().path(), host.namespace(NamespaceRef.at(hold.source())));
        } else if (op instanceof KernelOp.UseNamespace use) {
            host.namespace(use.namespace());
        } else if (op instanceof LinkOp.AddLink add) {
            FakeLinks.make(host, add);
        } else if (op instanceof LinkOp.UseLink use) {
            use(use);
        } else if (op instanceof LinkOp.SetMtu set) {
            link(set.namespace(), set.link(), op).mtu = set.mtu();
        } else if (op instanceof KernelOp.AddAddress add) {
            link(add.namespace(), add.link(), op).addresses.add(add.address());
        } else if (op instanceof NeighbourOp.AddNeighbour add) {
            link(add.namespace(), add.link(), op);
            host.namespace(add.namespace()).neighbours.put(add.link() + " " + add.address(), add.mac());
        } else if (op instanceof NeighbourOp.AddProxy add) {
            link(add.namespace(), add.link(), op).proxies.add(add.address());
        } else if (op instanceof KernelOp.AddRoute add) {
            addRoute(add);
        } else if (op instanceof KernelOp.SetSysctl set) {
            if (host.namespace(set.namespace()).sysctls.replace(set.key(), set.value()) == null) {
                throw FakeHost.refused(text(op), 2, "ENOENT");
            }
        } else if (op instanceof FirewallOp.AddTable add) {
            require(op, KernelFeature.NFTABLES_INET);
            host.tables.put(add.table().name(), new FakeHost.Table(add.table()));
        } else if (op instanceof FirewallOp.AddElements add) {
            addElements(add);
        } else if (op instanceof FirewallOp.HoldPorts hold) {
            host.held.addAll(hold.ports());
        } else if (op instanceof FileOp.WriteFile write) {
            host.files.merge(
                    write.path(),
                    write.content(),
                    (there, content) ->
                            OwnedText.change(there, content, write.edits()).orElse(there));
        } else if (op instanceof FileOp.CopyFile copy) {
            String there = host.files.getOrDefault(copy.path(), host.files.getOrDefault(copy.source(), ""));
            host.files.put(copy.path(), OwnedText.withBlock(there, copy.block()));
        } else if (op instanceof KernelOp.ServeNames serve) {
            host.namespace(serve.namespace()).nameServers.add(serve.table());
        } else if (op instanceof KernelOp.SealPort seal) {
            host.sealed.add(seal);
        } else if (op instanceof TunnelOp tunnel) {
            link(op.namespace(), tunnel.link(), op);
            host.namespace(op.namespace()).tunnels.add(tunnel);
        }
    }

    /** Makes the operation true where something of its name differs; see {@link #make}. */
    void mend(KernelOp op) {
        if (op instanceof KernelOp.AddRoute add) {
            host.namespace(add.namespace()).routes.removeIf(route -> isInTheWay(route, add.route()));
        }
        make(op);
    }

    private void use(LinkOp.UseLink use) {
        FakeNamespace.Link link = link(use.namespace(), use.name(), use);
        if (!link.kind.equals(use.kind())) {
            throw new ConflictException(
                    "link '" + use.name() + "' is no " + use.kind() + ", its kind is '" + link.kind + "'");
        }
    }

    private static boolean isInTheWay(RouteSpec there, RouteSpec wanted) {
        return there.destination().equals(wanted.destination())
                && !(wanted.beside() && !there.link().equals(wanted.link()));
    }

    private void addRoute(KernelOp.AddRoute add) {
        link(add.namespace(), add.route().link(), add);
        FakeNamespace namespace = host.namespace(add.namespace());
        boolean unreachable = add.route()
                .gateway()
                .filter(gateway -> !add.route().isToItself()
                        && !namespace.reaches(add.route().link(), gateway))
                .isPresent();
        if (unreachable) {
            throw FakeHost.refused(text(add), 101, "ENETUNREACH");
        }
        if (namespace.routes.stream().anyMatch(route -> isInTheWay(route, add.route()))) {
            throw FakeHost.refused(text(add), 17, "EEXIST");
        }
        namespace.routes.add(add.route());
    }

    private void addElements(FirewallOp.AddElements add) {
        FakeHost.Table table = host.tables.get(add.table());
        if (table == null) {
            throw FakeHost.refused(text(add), 2, "ENOENT");
        }
        for (FirewallElement element : add.elements()) {
            table.definition.set(element.set());
            FirewallElement there = table.elements.get(key(element));
            if (there != null && !there.equals(element)) {
                throw FakeHost.refused(text(add), 17, "EEXIST");
            }
        }
        add.elements().forEach(element -> table.elements.put(key(element), element));
    }

    FakeNamespace.Link link(NamespaceRef namespace, String name, KernelOp op) {
        FakeNamespace.Link link = host.namespace(namespace).links.get(name);
        if (link == null) {
            throw FakeHost.refused(text(op), 19, "ENODEV");
        }
        return link;
    }

    private void require(KernelOp op, KernelFeature feature) {
        if (!host.has(feature)) {
            throw FakeHost.refused(text(op), 95, "EOPNOTSUPP");
        }
    }

    /** Tells whether something has the name of the namespace or link that the operation would make. */
    boolean isThere(KernelOp op) {
        return host.exists(op.namespace())
                && (op instanceof KernelOp.MakeNamespace
                        || (op instanceof LinkOp.AddLink add
                                && host.link(add.namespace(), add.link().name()).isPresent()));
    }

    /** Tells whether there is something to remove. What is foreign is not. */
    boolean isRemovable(KernelOp op) {
        if (!host.exists(op.namespace())) {
            return false;
        }
        if (op instanceof LinkOp.AddLink add) {
            Optional<LinkFacts> link = host.link(add.namespace(), add.link().name());
            return link.map(LinkFacts::alias).equals(Optional.of(add.link().mark()));
        } else if (op instanceof KernelOp.SetSysctl set) {
            String value = host.namespace(set.namespace()).sysctls.get(set.key());
            return value != null
                    && set.restore().filter(before -> !before.equals(value)).isPresent();
        } else if (op instanceof FirewallOp.AddTable add) {
            return host.tables.containsKey(add.table().name());
        } else if (op instanceof FirewallOp.AddElements add) {
            return add.elements().stream().anyMatch(element -> elements(add).containsKey(key(element)));
        } else if (op instanceof FirewallOp.HoldPorts hold) {
            return hold.ports().stream().anyMatch(host.held::contains);
        } else if (op instanceof FileOp file) {
            return host.files.containsKey(file.path());
        } else if (op instanceof LinkOp.UseLink || op instanceof KernelOp.UseNamespace) {
            return false;
        }
        return compare(op).isEmpty(); // namespaces, addresses, routes: there as they are in the plan
    }

    /** Makes a thing absent that is removable. */
    void remove(KernelOp op) {
        FakeNamespace namespace = host.namespace(op.namespace());
        if (op instanceof KernelOp.MakeNamespace make) {
            List.copyOf(namespace.links.values()).forEach(FakeNamespace::remove);
            host.namespaces.remove(make.namespace().path());
        } else if (op instanceof KernelOp.HoldNamespace hold) {
            host.namespaces.remove(hold.namespace().path());
        } else if (op instanceof LinkOp.AddLink add) {
            FakeNamespace.remove(link(add.namespace(), add.link().name(), add));
        } else if (op instanceof LinkOp.SetMtu set) {
            link(set.namespace(), set.link(), set).mtu = set.before();
        } else if (op instanceof KernelOp.AddAddress add) {
            link(add.namespace(), add.link(), add).addresses.remove(add.address());
        } else if (op instanceof NeighbourOp.AddNeighbour add) {
            namespace.neighbours.remove(add.link() + " " + add.address());
        } else if (op instanceof NeighbourOp.AddProxy add) {
            link(add.namespace(), add.link(), add).proxies.remove(add.address());
        } else if (op instanceof KernelOp.AddRoute add) {
            namespace.routes.remove(add.route());
        } else if (op instanceof KernelOp.SetSysctl set) {
            namespace.sysctls.replace(set.key(), set.restore().orElseThrow());
        } else if (op instanceof FirewallOp.AddTable add) {
            host.tables.remove(add.table().name());
        } else if (op instanceof FirewallOp.AddElements add) {
            add.elements().forEach(element -> elements(add).remove(key(element)));
        } else if (op instanceof FirewallOp.HoldPorts hold) {
            hold.ports().forEach(host.held::remove);
        } else if (op instanceof FileOp file) {
            host.files.remove(file.path());
        } else if (op instanceof KernelOp.ServeNames serve) {
            namespace.nameServers.remove(serve.table());
        } else if (op instanceof KernelOp.SealPort seal) {
            host.sealed.remove(seal);
        } else if (op instanceof TunnelOp tunnel) {
            namespace.tunnels.remove(tunnel);
        }
    }

    private static String key(FirewallElement element) {
        return element.set() + " " + element.key();
    }

    /** Returns the element as nft(8) would list it. */
    static String text(FirewallElement element) {
        return element.toString();
    }

    static String text(KernelOp op) {
        if (op instanceof FirewallOp.AddTable add) {
            return "nft add table inet " + add.table().name(); // its chains and rules would be pages
        }
        return op.render().isEmpty() ? op.toString() : op.render().get(0);
    }
}
