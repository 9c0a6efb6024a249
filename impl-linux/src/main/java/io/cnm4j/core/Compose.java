package io.cnm4j.core;

import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.EndpointRecord.Joined;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddAddress;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.KernelOp.HoldPorts;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import io.cnm4j.spi.plan.KernelOp.UseNamespace;
import io.cnm4j.spi.plan.KernelOp.WriteFile;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whole plans from records: what the driver wants, and what the core adds. Pure: the same records give the same plans. */
final class Compose {
    private final ControllerParts parts;

    Compose(ControllerParts parts) {
        this.parts = parts;
    }

    NetworkDriver driver(NetworkRecord network) {
        return parts.drivers().get(network.driver());
    }

    Plan network(NetworkRecord network) {
        return driver(network).planNetwork(network.state(parts.ledger().controller()));
    }

    Plan sandbox(SandboxRecord sandbox) {
        KernelOp namespace = sandbox.owned()
                ? new MakeNamespace(sandbox.namespace(), sandbox.sysctls())
                : new UseNamespace(sandbox.namespace());
        return Plan.of(
                namespace,
                new WriteFile(sandbox.hostsFile(), sandbox.hosts()),
                new WriteFile(sandbox.resolvConfFile(), sandbox.resolvConf()));
    }

    /** Returns what a joined endpoint means for the kernel. */
    Plan attachment(EndpointRecord endpoint, SandboxRecord sandbox) {
        String interfaceName = endpoint.joined().orElseThrow().interfaceName();
        return attachment(endpoint, sandbox, driverAttachment(endpoint, sandbox.namespace(), interfaceName));
    }

    /** The same from what the driver said already. */
    Plan attachment(EndpointRecord endpoint, SandboxRecord sandbox, Attachment attachment) {
        Joined joined = endpoint.joined().orElseThrow();
        NamespaceRef inside = sandbox.namespace();
        Plan ports = ports(endpoint);
        var ops = new ArrayList<KernelOp>(
                ports.filter(HoldPorts.class::isInstance).ops());
        ops.addAll(attachment.link().ops());
        if (sandbox.ipv6()) {
            ops.add(new SetSysctl(
                    inside, disableIpv6(joined.interfaceName()), hasIpv6(endpoint) ? "0" : "1", Optional.empty()));
        }
        for (IpPrefix address : endpoint.addresses()) {
            ops.add(new AddAddress(inside, joined.interfaceName(), address));
        }
        attachment.routes().forEach(route -> ops.add(new AddRoute(inside, route)));
        ops.addAll(defaultRoutes(attachment.gateways(), joined, inside).ops());
        return new Plan(ops).then(ports.filter(op -> !(op instanceof HoldPorts)));
    }

    private Plan ports(EndpointRecord endpoint) {
        List<PortMapping> ports = endpoint.joined().orElseThrow().ports();
        if (ports.isEmpty()) {
            return Plan.EMPTY;
        }
        NetworkRecord network = network(endpoint);
        if (driver(network) instanceof PortPublisher publisher) {
            return publisher.planPorts(network.state(parts.ledger().controller()), endpoint.state(), ports);
        }
        throw new IllegalStateException("driver '" + network.driver() + "' does not publish the ports of endpoint '"
                + endpoint.name() + "' any more; use the driver with which it was recorded");
    }

    private static Plan defaultRoutes(List<IpAddress> gateways, Joined joined, NamespaceRef inside) {
        return new Plan(gateways.stream()
                .filter(gateway -> joined.gatewayFor().contains(gateway.family()))
                .<KernelOp>map(gateway -> new AddRoute(inside, RouteSpec.defaultVia(gateway, joined.interfaceName())))
                .toList());
    }

    /** Returns what the driver wants for an endpoint in this namespace. */
    Attachment driverAttachment(EndpointRecord endpoint, NamespaceRef inside, String interfaceName) {
        NetworkRecord network = network(endpoint);
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

    /** The same from what the driver said already. */
    static List<IpAddress> gateways(EndpointRecord endpoint, Attachment attachment) {
        return attachment.gateways().stream()
                .filter(gateway -> endpoint.addresses().stream().anyMatch(a -> a.family() == gateway.family()))
                .toList();
    }

    /** Returns the routes and ports by which a joined endpoint takes over as gateway for families it was not gateway for. */
    Plan takeOver(EndpointRecord endpoint, SandboxRecord sandbox, List<Family> families) {
        String interfaceName = endpoint.joined().orElseThrow().interfaceName();
        return defaultRoutes(
                        gateways(endpoint),
                        new Joined(sandbox.id(), interfaceName, families, List.of()),
                        sandbox.namespace())
                .then(ports(endpoint));
    }

    private static boolean hasIpv6(EndpointRecord endpoint) {
        return endpoint.addresses().stream().anyMatch(address -> address.family() == Family.IPV6);
    }

    private static String disableIpv6(String interfaceName) {
        return "net.ipv6.conf." + interfaceName.replace('.', '/') + ".disable_ipv6";
    }
}
