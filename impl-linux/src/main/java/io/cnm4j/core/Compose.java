package io.cnm4j.core;

import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.plan.FirewallOp.HoldPorts;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddAddress;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.KernelOp.Announce;
import io.cnm4j.spi.plan.KernelOp.HoldNamespace;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import io.cnm4j.spi.plan.KernelOp.UseNamespace;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whole plans from records: what the driver wants, and what the core adds. Pure: the same records give the same plans. */
final class Compose {
    private final ControllerParts parts;
    private final Naming naming;
    private final Linking links;

    Compose(ControllerParts parts) {
        this.parts = parts;
        this.naming = new Naming(parts, this);
        this.links = new Linking(parts.ledger(), this);
    }

    Naming naming() {
        return naming;
    }

    Linking links() {
        return links;
    }

    NetworkDriver driver(NetworkRecord network) {
        return parts.drivers().get(network.driver());
    }

    Plan network(NetworkRecord network) {
        return driver(network).planNetwork(network.state(parts.ledger().controller()));
    }

    /** Returns what a sandbox with the endpoints it has means. */
    Plan sandbox(SandboxRecord sandbox) {
        return sandbox(sandbox, parts.ledger().endpointsIn(sandbox.id()));
    }

    /** Returns what a sandbox with these endpoints means. */
    Plan sandbox(SandboxRecord sandbox, Collection<EndpointRecord> endpoints) {
        Plan beginning = beginning(sandbox);
        if (sandbox.shares().isPresent()) {
            return beginning;
        }
        Plan named = beginning.then(new Plan(naming.ops(sandbox, endpoints)));
        return sandbox.awaitsNamespace() ? named : named.then(new Plan(links.openings(endpoints)));
    }

    /** Returns what a sandbox begins with: its namespace, if it has one, which the rest of it has no part in. */
    Plan beginning(SandboxRecord sandbox) {
        return sandbox.awaitsNamespace() ? Plan.EMPTY : Plan.of(namespace(sandbox));
    }

    private static KernelOp namespace(SandboxRecord sandbox) {
        if (sandbox.shares().isPresent()) {
            return new UseNamespace(sandbox.namespace());
        } else if (sandbox.owned()) {
            return new MakeNamespace(sandbox.namespace(), sandbox.sysctls());
        }
        return sandbox.external()
                .<KernelOp>map(found -> new HoldNamespace(sandbox.namespace(), found.source(), found.identity()))
                .orElseGet(() -> new UseNamespace(sandbox.namespace()));
    }

    /** Returns the name server that a sandbox can have. */
    KernelOp serving(SandboxRecord sandbox) {
        return new KernelOp.ServeNames(
                sandbox.namespace(), Mark.table(parts.ledger().controller()));
    }

    /** Returns what a joined endpoint means for the kernel. */
    Plan attachment(EndpointRecord endpoint, SandboxRecord sandbox) {
        return attachment(endpoint, network(endpoint), sandbox);
    }

    /** The same with the network as it is to be. */
    Plan attachment(EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox) {
        String interfaceName = endpoint.joined().orElseThrow().interfaceName();
        return attachment(
                endpoint, network, sandbox, driverAttachment(endpoint, network, sandbox.namespace(), interfaceName));
    }

    /** The same from what the driver said already. */
    Plan attachment(EndpointRecord endpoint, SandboxRecord sandbox, Attachment attachment) {
        return attachment(endpoint, network(endpoint), sandbox, attachment);
    }

    /** Returns what an attachment begins with: its interface, which the rest of it has no part in. */
    Plan beginning(SandboxRecord sandbox, Attachment attachment) {
        return sandbox.awaitsNamespace() ? Plan.EMPTY : attachment.link();
    }

    private Plan attachment(
            EndpointRecord endpoint, NetworkRecord network, SandboxRecord sandbox, Attachment attachment) {
        Joined joined = endpoint.joined().orElseThrow();
        NamespaceRef inside = sandbox.namespace();
        Plan beginning = beginning(sandbox, attachment);
        if (beginning.isEmpty()) {
            return Plan.EMPTY; // it brings no interface, or not yet: JN-04
        }
        var ops = new ArrayList<KernelOp>(beginning.ops());
        Plan ports = ports(endpoint, network);
        ops.addAll(ports.filter(HoldPorts.class::isInstance).ops()); // first of the rest: this is what may be refused
        if (sandbox.ipv6()) {
            ops.add(new SetSysctl(
                    inside, disableIpv6(joined.interfaceName()), hasIpv6(endpoint) ? "0" : "1", Optional.empty()));
        }
        Stream.concat(endpoint.addresses().stream(), endpoint.added().prefixes().stream())
                .filter(address -> sandbox.ipv6() || address.family() == Family.IPV4)
                .map(address -> attachment.alone() && endpoint.addresses().contains(address)
                        ? new IpPrefix(address.address(), address.family().bits())
                        : address)
                .forEach(address -> ops.add(new AddAddress(inside, joined.interfaceName(), address)));
        EndpointSysctls.parse(endpoint.options())
                .forEach((key, value) -> ops.add(new SetSysctl(
                        inside, EndpointSysctls.key(key, joined.interfaceName()), value, Optional.empty())));
        attachment
                .neighbours()
                .forEach(neighbour -> ops.add(new NeighbourOp.AddNeighbour(
                        inside, joined.interfaceName(), neighbour.address(), neighbour.mac())));
        Stream<RouteSpec> added = endpoint.added().routes().stream()
                .map(route -> new RouteSpec(route.destination(), route.nextHop(), joined.interfaceName()));
        Stream.concat(attachment.routes().stream(), added)
                .filter(route -> !isDefault(route))
                .filter(route -> sandbox.ipv6() || route.destination().family() == Family.IPV4)
                .forEach(route -> ops.add(new AddRoute(inside, route)));
        defaultRoutes(endpoint, attachment, joined.interfaceName()).stream()
                .filter(route ->
                        joined.gatewayFor().contains(route.destination().family()))
                .forEach(route -> ops.add(new AddRoute(inside, route)));
        if (gives(attachment.link(), endpoint.mac()) && !endpoint.addresses().isEmpty() && !attachment.alone()) {
            ops.add(new Announce(inside, joined.interfaceName(), endpoint.mac()));
        }
        return new Plan(ops).then(ports.filter(op -> !(op instanceof HoldPorts)));
    }

    private Plan ports(EndpointRecord endpoint, NetworkRecord network) {
        List<PortMapping> ports = endpoint.joined().orElseThrow().ports();
        if (ports.isEmpty()) {
            return Plan.EMPTY;
        }
        if (driver(network) instanceof PortPublisher publisher) {
            return own(
                    publisher.planPorts(network.state(parts.ledger().controller()), endpoint.state(), ports), network);
        }
        throw new IllegalStateException("driver '" + network.driver() + "' does not publish the ports of endpoint '"
                + endpoint.name() + "' any more; use the driver with which it was recorded");
    }

    /** Ports are looked at while the kernel makes the interface, too late to wait for others who share something. */
    private static Plan own(Plan ports, NetworkRecord network) {
        for (KernelOp op : ports.ops()) {
            if (op.isShared()) {
                throw new IllegalStateException("driver '" + network.driver() + "' shares '"
                        + op.claim().orElseThrow().object()
                        + "' between endpoints that publish ports; it belongs to the plan of the network");
            }
        }
        return ports;
    }

    private static boolean isDefault(RouteSpec route) {
        return route.destination().length() == 0;
    }

    /** Returns the default routes an endpoint could give a sandbox, at most one a family, those of families it has an address of. */
    private static List<RouteSpec> defaultRoutes(EndpointRecord endpoint, Attachment attachment, String interfaceName) {
        var routes = new ArrayList<RouteSpec>();
        gateways(endpoint, attachment).forEach(gateway -> routes.add(RouteSpec.defaultVia(gateway, interfaceName)));
        for (RouteSpec route : attachment.routes()) {
            Family family = route.destination().family();
            boolean has = endpoint.addresses().stream().anyMatch(a -> a.family() == family);
            if (isDefault(route)
                    && has
                    && routes.stream().noneMatch(r -> r.destination().family() == family)) {
                routes.add(route);
            }
        }
        return routes;
    }

    /** Returns the hardware address an endpoint's interface has, unless it has its parent's. */
    Optional<MacAddress> hardwareAddress(EndpointRecord endpoint) {
        Plan link = driverAttachment(endpoint, NamespaceRef.HOST, "eth0").link();
        return Optional.of(endpoint.mac()).filter(mac -> gives(link, mac));
    }

    private static boolean gives(Plan plan, MacAddress mac) {
        return plan.ops().stream().anyMatch(op -> op instanceof AddLink add && gives(add.link(), mac));
    }

    private static boolean gives(LinkSpec link, MacAddress mac) {
        Optional<MacAddress> inside =
                link instanceof LinkSpec.Veth veth ? veth.peer().mac() : link.mac();
        return inside.equals(Optional.of(mac));
    }

    /** Returns the families of which an endpoint could give a sandbox the default route. GW-03 */
    List<Family> defaultFamilies(EndpointRecord endpoint) {
        return defaultFamilies(endpoint, driverAttachment(endpoint, NamespaceRef.HOST, "eth0"));
    }

    /** The same from what the driver said already. */
    List<Family> defaultFamilies(EndpointRecord endpoint, Attachment attachment) {
        return defaultRoutes(endpoint, attachment, "eth0").stream()
                .map(route -> route.destination().family())
                .toList();
    }

    /** Returns what the driver wants for an endpoint in this namespace. */
    Attachment driverAttachment(EndpointRecord endpoint, NamespaceRef inside, String interfaceName) {
        return driverAttachment(endpoint, network(endpoint), inside, interfaceName);
    }

    private Attachment driverAttachment(
            EndpointRecord endpoint, NetworkRecord network, NamespaceRef inside, String interfaceName) {
        return driver(network)
                .planAttachment(
                        network.state(parts.ledger().controller()),
                        endpoint.state(),
                        new AttachPoint(inside, interfaceName));
    }

    NetworkRecord network(EndpointRecord endpoint) {
        return parts.ledger()
                .network(endpoint.network())
                .orElseThrow(() ->
                        new NotFoundException("network " + endpoint.network().shortForm() + " of endpoint '"
                                + endpoint.name() + "' does not exist any more"));
    }

    /** Returns the gateways an endpoint could give a sandbox, those of families it has an address of. */
    List<IpAddress> gateways(EndpointRecord endpoint) {
        return gateways(endpoint, driverAttachment(endpoint, NamespaceRef.HOST, "eth0"));
    }

    private static List<IpAddress> gateways(EndpointRecord endpoint, Attachment attachment) {
        return attachment.gateways().stream()
                .filter(gateway -> endpoint.addresses().stream().anyMatch(a -> a.family() == gateway.family()))
                .toList();
    }

    private static boolean hasIpv6(EndpointRecord endpoint) {
        return Stream.concat(endpoint.addresses().stream(), endpoint.added().prefixes().stream())
                .anyMatch(address -> address.family() == Family.IPV6);
    }

    private static String disableIpv6(String interfaceName) {
        return "net.ipv6.conf." + interfaceName.replace('.', '/') + ".disable_ipv6";
    }
}
