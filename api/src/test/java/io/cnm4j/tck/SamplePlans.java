package io.cnm4j.tck;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.plan.FileOp;
import io.cnm4j.spi.plan.FirewallOp;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import io.cnm4j.spi.plan.SourceElements;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Plans like those of bridge networks: every kind of operation comes in them. */
final class SamplePlans {
    private static final ControllerId CONTROLLER = SampleRecords.CONTROLLER;

    private final String directory;

    /** @param directory where namespaces and files are made */
    SamplePlans(String directory) {
        this.directory = directory;
    }

    /** Returns the bridge's name of network {@code number}. */
    static String bridge(int number) {
        return "br-sample" + number;
    }

    /** Returns the host end's name of endpoint {@code number}. */
    static String veth(int number) {
        return "vethsample" + number;
    }

    /** Returns a network: firewall, bridge, parameters and addresses. */
    Plan network(int number) {
        String bridge = bridge(number);
        String table = Mark.table(CONTROLLER);
        IpPrefix subnet = IpPrefix.parse("10.77." + number + ".0/24");
        return Plan.of(
                new FirewallOp.AddTable(HostFirewall.table(CONTROLLER)),
                new FirewallOp.AddElements(
                        table,
                        List.of(
                                HostFirewall.member(bridge),
                                HostFirewall.within(bridge, true),
                                SourceElements.keep(bridge, subnet),
                                SourceElements.masquerade(subnet)),
                        false),
                new FirewallOp.AddElements(table, List.of(HostFirewall.unrelated(Family.IPV4)), true),
                addBridge(NamespaceRef.HOST, number),
                new KernelOp.SetSysctl(
                        NamespaceRef.HOST, "net.ipv6.conf." + bridge + ".accept_ra", "0", Optional.empty()),
                new KernelOp.AddAddress(
                        NamespaceRef.HOST,
                        bridge,
                        subnet.withAddress(subnet.address().plus(1))),
                new KernelOp.AddAddress(NamespaceRef.HOST, bridge, IpPrefix.parse("fd77:" + number + "::1/64")),
                new KernelOp.SetSysctl(NamespaceRef.HOST, "net.ipv4.ip_forward", "1", Optional.of("0")));
    }

    private static KernelOp addBridge(NamespaceRef namespace, int number) {
        String mark = Mark.of(CONTROLLER, "network sample" + number);
        return new LinkOp.AddLink(namespace, new LinkSpec.Bridge(bridge(number), 1400, Optional.of(mac(number)), mark));
    }

    /** Returns a sandbox: namespace and file. */
    Plan sandbox(int number) {
        return Plan.of(
                new KernelOp.MakeNamespace(namespace(number), Map.of("net.ipv4.ip_forward", "0")),
                new FileOp.WriteFile(directory + "/sample" + number + "/hosts", "127.0.0.1 localhost\n"),
                new FileOp.CopyFile("/etc/hosts", directory + "/sample" + number + "/copy", ""),
                new KernelOp.ServeNames(namespace(number), Mark.table(CONTROLLER)));
    }

    /** Returns an endpoint: a pair of links from the bridge into the sandbox, address and default route. */
    Plan endpoint(int number) {
        var veth = new LinkSpec.Veth(
                veth(number),
                1400,
                Optional.of(new LinkSpec.BridgePort(bridge(number), true, false)),
                Mark.of(CONTROLLER, "endpoint sample" + number),
                new LinkSpec.Peer(namespace(number), "eth0", Optional.of(mac(100 + number))));
        IpAddress gateway = IpAddress.parse("10.77." + number + ".1");
        return Plan.of(
                new LinkOp.AddLink(NamespaceRef.HOST, veth),
                new NeighbourOp.AddProxy(NamespaceRef.HOST, bridge(number), IpAddress.parse("fd77:" + number + "::2")),
                new KernelOp.AddAddress(namespace(number), "eth0", IpPrefix.parse("10.77." + number + ".2/24")),
                new KernelOp.AddRoute(namespace(number), RouteSpec.defaultVia(gateway, "eth0")));
    }

    /** Returns the end of a tunnel to other hosts in a namespace of its own. */
    Plan tunnel(int number) {
        var vxlan = new LinkSpec.Vxlan(
                "vxlan0",
                1400,
                Optional.empty(),
                Mark.of(CONTROLLER, "network sample" + number),
                4096 + number,
                IpAddress.parse("192.0.2.1"),
                4789,
                false,
                bridge(number));
        return Plan.of(
                new KernelOp.MakeNamespace(namespace(number), Map.of()),
                addBridge(namespace(number), number),
                new LinkOp.AddLink(namespace(number), vxlan));
    }

    /** Returns what encrypts, without keys. */
    Plan sealed() {
        return Plan.of(new KernelOp.SealPort(
                NamespaceRef.HOST, IpAddress.parse("127.0.0.1"), 4500, 4501, Mark.of(CONTROLLER, "overlays")));
    }

    /** Returns network, sandbox and endpoint, one after the other. */
    Plan whole(int number) {
        return network(number).then(sandbox(number)).then(endpoint(number));
    }

    /** Returns all beginnings of a whole plan, from the empty one to all of it. */
    List<Plan> cuts(int number) {
        List<KernelOp> ops = whole(number).ops();
        return IntStream.rangeClosed(0, ops.size())
                .mapToObj(k -> new Plan(ops.subList(0, k)))
                .toList();
    }

    /** Returns two bridges and nothing else. */
    Plan bridges(int one, int other) {
        return Plan.of(addBridge(NamespaceRef.HOST, one), addBridge(NamespaceRef.HOST, other));
    }

    /** Returns a plan that uses the bridge of a network and the namespace of a sandbox as those of somebody else. */
    Plan using(int number) {
        return Plan.of(
                new LinkOp.UseLink(NamespaceRef.HOST, bridge(number), "bridge", false),
                new KernelOp.UseNamespace(namespace(number)));
    }

    /** Returns what the kernel refuses with ENETUNREACH: a route to a next hop that is on no link. */
    Plan unreachable(int number) {
        IpPrefix somewhere = IpPrefix.parse("198.51.100.0/24");
        Optional<IpAddress> nowhere = Optional.of(IpAddress.parse("192.0.2.1"));
        return Plan.of(new KernelOp.AddRoute(NamespaceRef.HOST, new RouteSpec(somewhere, nowhere, bridge(number))));
    }

    /** Returns what cannot be, whatever else there is. */
    Plan impossible() {
        return using(999);
    }

    private NamespaceRef namespace(int number) {
        return NamespaceRef.at(directory + "/netns-sample" + number);
    }

    private static MacAddress mac(int number) {
        return MacAddress.localUnicast(0x4200_0000_0000L + number);
    }
}
