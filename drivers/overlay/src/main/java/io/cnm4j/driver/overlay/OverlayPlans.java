package io.cnm4j.driver.overlay;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.ClusterDriver.Peer;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.RouteSpec;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans from a record and a note. */
final class OverlayPlans {
    private static final String BRIDGE = "br0";
    private static final String TUNNEL = "vxlan0";

    private final NetworkState network;
    private final OverlayNote note;

    OverlayPlans(NetworkState network, OverlayNote note) {
        this.network = network;
        this.note = note;
    }

    Plan presence() {
        var ops = new ArrayList<KernelOp>();
        ops.add(new KernelOp.MakeNamespace(note.namespace(), Map.of()));
        ops.add(link(new LinkSpec.Bridge(BRIDGE, note.mtu(), Optional.of(mac(BRIDGE)), mark())));
        int vni = Integer.parseInt(network.note().getOrDefault(OverlayDriver.VNI, "0"));
        Optional<MacAddress> mac = Optional.of(mac(TUNNEL));
        switch (note.encryption()) {
            case NONE -> ops.add(vxlan(mac, vni, note.port()));
            case PROCESS -> { // OV-19: no link of the kernel's has the identifier: what comes in the clear goes nowhere
                ops.add(link(new LinkSpec.Tap(TUNNEL, note.mtu(), mac, mark(), BRIDGE)));
                ops.add(new TunnelOp.Serve(note.namespace(), TUNNEL, vni, note.local(), note.port()));
            }
            case KERNEL -> {
                int inner = note.port() + 1;
                ops.add(new KernelOp.SealPort(
                        NamespaceRef.HOST,
                        note.local(),
                        note.port(),
                        inner,
                        Mark.of(network.controller(), "overlays")));
                ops.add(vxlan(mac, vni, inner));
            }
        }
        return new Plan(ops);
    }

    private KernelOp vxlan(Optional<MacAddress> mac, int vni, int port) {
        return link(
                new LinkSpec.Vxlan(TUNNEL, note.mtu(), mac, mark(), vni, note.local(), port, note.encrypted(), BRIDGE));
    }

    private KernelOp link(LinkSpec link) {
        return new LinkOp.AddLink(note.namespace(), link);
    }

    private String mark() {
        return Mark.of(network.controller(), "network " + network.id().shortForm());
    }

    /** A hardware address of the host's own: one that an endpoint also had would break the bridge. */
    private MacAddress mac(String link) {
        return MacAddress.localUnicast((long) (network.id() + link + note.local()).hashCode() * 0x9E37_79B9_7F4A_7C15L);
    }

    Plan peer(Peer peer) {
        var ops = new ArrayList<KernelOp>();
        MacAddress mac = peer.endpoint().mac();
        ops.add(reached(mac, peer.host()));
        for (IpPrefix address : peer.endpoint().addresses()) {
            ops.add(
                    isServed()
                            ? new TunnelOp.AddNeighbour(note.namespace(), TUNNEL, address.address(), mac)
                            : new NeighbourOp.AddNeighbour(note.namespace(), TUNNEL, address.address(), mac));
        }
        if (OverlayOptions.of(network.options()).broadcast()) {
            ops.add(reached(MacAddress.NONE, peer.host()));
        }
        return new Plan(ops);
    }

    /** Tells whether the tables of the tunnel are this process's. */
    private boolean isServed() {
        return note.encryption() == OverlayNote.Encryption.PROCESS;
    }

    private KernelOp reached(MacAddress mac, IpAddress host) {
        return isServed()
                ? new TunnelOp.AddPeer(note.namespace(), TUNNEL, mac, host)
                : new NeighbourOp.AddTunnelPeer(note.namespace(), TUNNEL, mac, host);
    }

    /** The bridge may still take the hardware address for one behind the tunnel: whoever had the address before was there. */
    Attachment attachment(EndpointState endpoint, AttachPoint point) {
        var veth = new LinkSpec.Veth(
                "ep" + endpoint.id().shortForm(),
                note.mtu(),
                Optional.of(new LinkSpec.BridgePort(BRIDGE, false, false)),
                Mark.of(network.controller(), "endpoint " + endpoint.id().shortForm()),
                new LinkSpec.Peer(point.namespace(), point.interfaceName(), Optional.of(endpoint.mac())));
        return new Attachment(
                Plan.of(
                        new LinkOp.AddLink(note.namespace(), veth),
                        new NeighbourOp.AddForwarding(note.namespace(), veth.name(), endpoint.mac())),
                List.of(),
                otherSubnets(endpoint, point.interfaceName()));
    }

    /** All subnets of the network are on the one link. */
    private List<RouteSpec> otherSubnets(EndpointState endpoint, String link) {
        return network.pools().stream()
                .map(NetworkPool::subnet)
                .filter(subnet -> endpoint.address(subnet.family())
                        .filter(own -> !subnet.contains(own.address()))
                        .isPresent())
                .map(subnet -> new RouteSpec(subnet, Optional.empty(), link))
                .toList();
    }
}
