package io.cnm4j.core;

import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.core.names.HostsFile;
import io.cnm4j.core.names.HostsFile.Linked;
import io.cnm4j.core.names.Registration;
import io.cnm4j.core.names.ResolverFile;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.core.names.SandboxNames.Attached;
import io.cnm4j.spi.plan.FileOp.CopyFile;
import io.cnm4j.spi.plan.FileOp.WriteFile;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.OwnedText.Edits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What records mean for names: the files of a sandbox, what it may find, what its endpoints are called. Pure. */
final class Naming {
    private static final int SHORT_ID = 12;
    private static final String HOSTS = "/etc/hosts";
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._-]+");

    private final ControllerParts parts;
    private final Compose compose;
    private volatile Parsed last = new Parsed("", ResolverFile.parse("")); // most sandboxes have the same text

    private record Parsed(String text, ResolverFile file) {}

    Naming(ControllerParts parts, Compose compose) {
        this.parts = parts;
        this.compose = compose;
    }

    /** Returns files and name server of a sandbox with these endpoints. */
    List<KernelOp> ops(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        List<EndpointRecord> ordered = ordered(endpoints);
        List<EndpointRecord> named = named(ordered);
        boolean resolution = !sandbox.inHost()
                && named.stream()
                        .anyMatch(endpoint -> compose.network(endpoint).resolution()
                                && !endpoint.addresses().isEmpty());
        String resolver = resolution ? file(sandbox).internal() : outside(sandbox);
        var ops = new ArrayList<KernelOp>();
        ops.add(hosts(sandbox, lines(sandbox, ordered, named)));
        ops.add(new WriteFile(sandbox.resolvConfFile(), resolver, Edits.LEFT_ALONE));
        if (resolution && !sandbox.awaitsNamespace()) {
            ops.add(compose.serving(sandbox));
        }
        return ops;
    }

    /** Returns the resolver configuration of a sandbox without a server of ours. */
    private String outside(SandboxRecord sandbox) {
        return sandbox.inHost()
                ? file(sandbox).asIs()
                : file(sandbox, sandbox.resolver().beyondStub()).legacy(sandbox.ipv6());
    }

    private ResolverFile file(SandboxRecord sandbox) {
        return file(sandbox, sandbox.resolver().host());
    }

    private ResolverFile file(SandboxRecord sandbox, String host) {
        SandboxRecord.Resolver wish = sandbox.resolver();
        Parsed parsed = last;
        if (!parsed.text().equals(host)) {
            parsed = new Parsed(host, ResolverFile.parse(host));
            last = parsed;
        }
        return parsed.file().with(wish.servers(), wish.search(), wish.options());
    }

    private static KernelOp hosts(SandboxRecord sandbox, List<String> lines) {
        return sandbox.inHost()
                ? new CopyFile(HOSTS, sandbox.hostsFile(), HostsFile.behindHosts(lines))
                : new WriteFile(sandbox.hostsFile(), HostsFile.text(sandbox.ipv6(), lines), Edits.KEPT_AROUND_BLOCK);
    }

    private List<String> lines(SandboxRecord sandbox, List<EndpointRecord> endpoints, List<EndpointRecord> named) {
        boolean asksGateway =
                sandbox.extraHosts().stream().map(ExtraHost::address).anyMatch(Optional::isEmpty);
        Optional<IpAddress> gateway = asksGateway
                ? endpoints.stream()
                        .filter(endpoint -> isGateway(endpoint))
                        .flatMap(endpoint -> compose.gateways(endpoint).stream())
                        .min(Comparator.comparing(IpAddress::family))
                : Optional.empty();
        List<IpAddress> addresses =
                named.stream().flatMap(endpoint -> addresses(endpoint).stream()).toList();
        List<Linked> linked = endpoints.stream()
                .flatMap(endpoint -> linked(endpoint).stream())
                .toList();
        return HostsFile.lines(sandbox.ipv6(), sandbox.extraHosts(), gateway, linked, hostname(sandbox), addresses);
    }

    /** Returns whom an endpoint's links mean. Where names are resolved the name server knows them. */
    private List<Linked> linked(EndpointRecord endpoint) {
        var linked = new ArrayList<Linked>();
        if (!compose.network(endpoint).resolution()) {
            new TreeMap<>(endpoint.called().links())
                    .forEach((alias, name) ->
                            compose.links().meant(endpoint, name).forEach(other -> linked.add(linked(alias, other))));
        }
        return linked;
    }

    private Linked linked(String alias, EndpointRecord endpoint) {
        var names = new ArrayList<>(List.of(alias));
        parts.ledger()
                .sandbox(endpoint.joined().orElseThrow().sandbox())
                .flatMap(SandboxRecord::hostname)
                .ifPresent(names::add);
        names.add(endpoint.name());
        return new Linked(names, addresses(endpoint));
    }

    private static List<IpAddress> addresses(EndpointRecord endpoint) {
        return endpoint.addresses().stream().map(IpPrefix::address).toList();
    }

    private static boolean isGateway(EndpointRecord endpoint) {
        return !endpoint.joined().orElseThrow().gatewayFor().isEmpty();
    }

    /** Returns the host name, or the short id if that can be one. */
    private static Optional<String> hostname(SandboxRecord sandbox) {
        return sandbox.hostname().or(() -> Optional.of(shortId(sandbox)).filter(HOST_NAME.asMatchPredicate()));
    }

    private static String shortId(SandboxRecord sandbox) {
        String id = sandbox.containerId();
        return id.substring(0, Math.min(SHORT_ID, id.length()));
    }

    /** Returns the endpoints in the order in which they are asked: the gateway first, then who leads outside. GW-01 */
    private List<EndpointRecord> ordered(Collection<EndpointRecord> endpoints) {
        return endpoints.stream()
                .sorted(Comparator.comparing((EndpointRecord endpoint) -> !isGateway(endpoint))
                        .thenComparing(endpoint -> -endpoint.gatewayPriority())
                        .thenComparing(endpoint -> compose.network(endpoint).internal())
                        .thenComparing(endpoint -> compose.network(endpoint).name())
                        .thenComparing(EndpointRecord::name))
                .toList();
    }

    /** Returns those that callers know by name: not the controller's own. GW-09, HO-05 */
    private static List<EndpointRecord> named(List<EndpointRecord> endpoints) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.wayOutOf().isEmpty())
                .toList();
    }

    /** Returns what an endpoint is called on its network: SD-02. */
    static Registration registration(EndpointRecord endpoint, SandboxRecord sandbox) {
        var names = new ArrayList<String>();
        names.add(endpoint.name());
        names.addAll(endpoint.called().aliases());
        names.add(shortId(sandbox));
        sandbox.hostname().ifPresent(names::add);
        return new Registration(
                endpoint.id().value(),
                names,
                addresses(endpoint),
                endpoint.called().services());
    }

    /** Returns what a sandbox may find. */
    SandboxNames view(SandboxRecord sandbox) {
        return view(sandbox, parts.ledger().endpointsIn(sandbox.id()));
    }

    /** The same with these endpoints. */
    SandboxNames view(SandboxRecord sandbox, Collection<EndpointRecord> within) {
        List<EndpointRecord> endpoints = ordered(within);
        boolean outside = endpoints.stream()
                .anyMatch(endpoint -> !compose.network(endpoint).internal());
        ResolverFile file = file(sandbox);
        return new SandboxNames(
                sandbox.containerId(),
                named(endpoints).stream().map(this::attached).toList(),
                file.upstreams(),
                outside,
                file.wantsDots());
    }

    private Attached attached(EndpointRecord endpoint) {
        NetworkRecord network = compose.network(endpoint);
        return new Attached(
                parts.names().zone(network.id(), network.name()),
                endpoint.called().links());
    }
}
