package io.cnm4j.tck;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.host.NamespaceAccess;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.HeldPorts;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * A host in memory: namespaces with links, addresses, routes and sysctls, firewall tables and files. Starts like a fresh
 * namespace: a loopback, forwarding off, every feature there. Changed by a {@link FakeExecutor}, or by a test that plays the
 * operator. Thread-safe.
 */
public final class FakeHost implements HostView, NamespaceAccess {
    final TreeMap<String, FakeNamespace> namespaces = new TreeMap<>(); // by path; all guarded by this
    final TreeMap<String, Table> tables = new TreeMap<>();
    final Set<HeldPorts> held = new HashSet<>();
    final Set<KernelOp.SealPort> sealed = new HashSet<>();
    final TreeMap<String, String> files = new TreeMap<>();
    private final Set<KernelFeature> missing = EnumSet.noneOf(KernelFeature.class);
    private final Set<IpPrefix> inUse = new TreeSet<>(java.util.Comparator.comparing(IpPrefix::toString));
    private int lastIndex = 1;

    /** A table and its elements. */
    static final class Table {
        final FirewallTable definition;
        final TreeMap<String, FirewallElement> elements = new TreeMap<>(); // by set and key

        Table(FirewallTable definition) {
            this.definition = definition;
        }
    }

    /** Makes a host without any network. */
    public FakeHost() {
        namespaces.put("", new FakeNamespace());
    }

    FakeNamespace namespace(NamespaceRef ref) {
        FakeNamespace namespace = namespaces.get(ref.path());
        if (namespace == null) {
            throw refused("nsenter --net=" + ref.path(), 2, "ENOENT");
        }
        return namespace;
    }

    FakeNamespace.Link addLink(NamespaceRef home, String name, String kind, int mtu) {
        FakeNamespace namespace = namespace(home);
        if (namespace.links.containsKey(name)) {
            throw refused("ip link add name " + name, 17, "EEXIST");
        }
        return namespace.add(new FakeNamespace.Link(namespace, name, kind), ++lastIndex, mtu == 0 ? 1500 : mtu);
    }

    static KernelException refused(String operation, int errno, String name) {
        return new KernelException(operation, errno, name, "", "this is a fake host: look at its dump");
    }

    // ---- what an operator does

    /** Makes a link that is not cnm4j's. */
    public synchronized FakeHost withForeignLink(String name, String kind, String... addresses) {
        FakeNamespace.Link link = addLink(NamespaceRef.HOST, name, kind, 1500);
        for (String address : addresses) {
            link.addresses.add(IpPrefix.parse(address));
        }
        return this;
    }

    /** Makes a link with this alias. */
    public synchronized FakeHost withMarkedLink(String name, String kind, String alias) {
        addLink(NamespaceRef.HOST, name, kind, 1500).alias = alias;
        return this;
    }

    /** Sets a kernel parameter of the host namespace. */
    public synchronized FakeHost withSysctl(String key, String value) {
        namespace(NamespaceRef.HOST).sysctls.put(key, value);
        return this;
    }

    /** Takes a kernel parameter away, as if the kernel were built without it. */
    public synchronized FakeHost withoutSysctl(String key) {
        namespace(NamespaceRef.HOST).sysctls.remove(key);
        return this;
    }

    /** Takes a feature away. */
    public synchronized FakeHost without(KernelFeature feature) {
        missing.add(feature);
        return this;
    }

    /** Makes a subnet one that the host uses itself. */
    public synchronized FakeHost withSubnetInUse(String subnet) {
        inUse.add(IpPrefix.parse(subnet));
        return this;
    }

    /** Makes a namespace that is not cnm4j's. */
    public synchronized FakeHost withNamespace(NamespaceRef namespace) {
        namespaces.put(namespace.path(), new FakeNamespace());
        return this;
    }

    /** Removes a link of the host namespace as an operator would. */
    public synchronized void removeLink(String name) {
        FakeNamespace.Link link = namespace(NamespaceRef.HOST).links.get(name);
        if (link != null) {
            FakeNamespace.remove(link);
        }
    }

    /** Removes a table as an operator would. */
    public synchronized void removeTable(String name) {
        tables.remove(name);
    }

    // ---- what can be asked

    @Override
    public synchronized Optional<LinkFacts> link(String name) {
        return link(NamespaceRef.HOST, name);
    }

    /** Returns the link of this name in a namespace, if there is one. */
    public synchronized Optional<LinkFacts> link(NamespaceRef namespace, String name) {
        return Optional.ofNullable(namespace(namespace).links.get(name)).map(FakeNamespace.Link::facts);
    }

    @Override
    public synchronized Optional<LinkFacts> linkWith(IpAddress address) {
        return namespace(NamespaceRef.HOST).links.values().stream()
                .filter(link -> link.addresses.stream()
                        .anyMatch(prefix -> prefix.address().equals(address)))
                .map(FakeNamespace.Link::facts)
                .findFirst();
    }

    @Override
    public synchronized List<IpPrefix> addresses(String link) {
        return addresses(NamespaceRef.HOST, link);
    }

    /** Returns the addresses of a link in a namespace. */
    public synchronized List<IpPrefix> addresses(NamespaceRef namespace, String link) {
        FakeNamespace.Link there = namespace(namespace).links.get(link);
        return there == null ? List.of() : List.copyOf(there.addresses);
    }

    @Override
    public synchronized Optional<String> sysctl(String key) {
        return Optional.ofNullable(namespace(NamespaceRef.HOST).sysctls.get(key));
    }

    @Override
    public synchronized UsedSubnets subnetsInUse(Family family) {
        return UsedSubnets.of(inUse.stream()
                .filter(subnet -> subnet.family() == family)
                .map(subnet -> new UsedSubnets.Use(subnet, () -> "route of the fake host"))
                .toList());
    }

    @Override
    public List<IpAddress> nameServers() {
        return List.of();
    }

    @Override
    public ResolverText resolverConfiguration() {
        String text = "nameserver 192.0.2.53\n";
        return new ResolverText(text, text);
    }

    @Override
    public synchronized void require(KernelFeature feature) {
        if (missing.contains(feature)) {
            throw new UnsupportedException(feature.label() + " need Linux " + feature.since() + " with "
                    + feature.option() + "; this fake host lacks them");
        }
    }

    synchronized void endTunnels() {
        namespaces.values().forEach(namespace -> namespace.tunnels.clear());
    }

    @Override
    public synchronized boolean has(KernelFeature feature) {
        return !missing.contains(feature);
    }

    /** Returns everything there is as sorted lines: two hosts with the same dump are the same. */
    public synchronized String dump() {
        var lines = new ArrayList<String>();
        namespaces.forEach(
                (path, namespace) -> namespace.dump(NamespaceRef.at(path).toString(), lines));
        sealed.forEach(seal -> lines.add("sealed " + seal));
        tables.forEach((name, table) -> {
            lines.add("table inet " + name);
            table.elements.values().forEach(element -> lines.add("element inet " + name + " " + FakeOps.text(element)));
        });
        files.forEach((path, content) ->
                lines.add("file " + path + " " + content.lines().toList()));
        return String.join("\n", lines) + "\n";
    }

    /** Returns how the host differs from what an earlier {@link #dump} says, a line each. */
    public List<String> differencesSince(String earlier) {
        List<String> before = earlier.lines().toList();
        List<String> now = dump().lines().toList();
        return Stream.concat(
                        before.stream().filter(line -> !now.contains(line)).map(line -> "missing: " + line),
                        now.stream().filter(line -> !before.contains(line)).map(line -> "left over: " + line))
                .toList();
    }

    // ---- namespaces; nothing runs in them

    @Override
    public synchronized boolean exists(NamespaceRef namespace) {
        return namespaces.containsKey(namespace.path());
    }

    @Override
    public synchronized String identity(NamespaceRef namespace) {
        if (!exists(namespace)) {
            throw new NotFoundException("there is no namespace at " + namespace);
        }
        return "net:[" + System.identityHashCode(namespace(namespace)) + "]";
    }

    @Override
    public String path(NamespaceRef namespace) {
        return namespace.isHost() ? "/run/fake/host" : namespace.path();
    }

    @Override
    public synchronized Map<String, InterfaceStatistics> statistics(NamespaceRef namespace) {
        var counters = new TreeMap<String, InterfaceStatistics>();
        namespace(namespace)
                .links
                .keySet()
                .forEach(name -> counters.put(name, new InterfaceStatistics(0, 0, 0, 0, 0, 0, 0, 0)));
        return Map.copyOf(counters);
    }

    @Override
    public <T> T call(NamespaceRef namespace, Callable<T> task) throws Exception {
        if (!exists(namespace)) {
            throw refused("nsenter --net=" + namespace.path(), 2, "ENOENT");
        }
        return task.call();
    }

    @Override
    public Process start(NamespaceRef namespace, ProcessBuilder builder) throws IOException {
        throw new IOException("a fake host starts no processes: " + builder.command());
    }
}
