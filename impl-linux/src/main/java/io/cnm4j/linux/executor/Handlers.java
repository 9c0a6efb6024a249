package io.cnm4j.linux.executor;

import io.cnm4j.spi.plan.FileOp.CopyFile;
import io.cnm4j.spi.plan.FileOp.WriteFile;
import io.cnm4j.spi.plan.FirewallOp.AddElements;
import io.cnm4j.spi.plan.FirewallOp.AddTable;
import io.cnm4j.spi.plan.FirewallOp.HoldPorts;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddAddress;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.KernelOp.Announce;
import io.cnm4j.spi.plan.KernelOp.HoldNamespace;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.KernelOp.SealPort;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import io.cnm4j.spi.plan.KernelOp.UseNamespace;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.LinkOp.MoveLink;
import io.cnm4j.spi.plan.LinkOp.SetMtu;
import io.cnm4j.spi.plan.LinkOp.UseLink;
import io.cnm4j.spi.plan.NeighbourOp.AddForwarding;
import io.cnm4j.spi.plan.NeighbourOp.AddNeighbour;
import io.cnm4j.spi.plan.NeighbourOp.AddProxy;
import io.cnm4j.spi.plan.NeighbourOp.AddTunnelPeer;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.Map;

/** Which handler an operation has. */
final class Handlers {
    static final NumberingHandler NUMBERING = new NumberingHandler();

    static final NeighbourHandler NEIGHBOURS = new NeighbourHandler();

    static final TunnelTableHandler TUNNELS = new TunnelTableHandler();

    private static final Map<Class<? extends KernelOp>, Handler<?>> BY_KIND = Map.ofEntries(
            Map.entry(MakeNamespace.class, new NamespaceHandler()),
            Map.entry(HoldNamespace.class, new HeldNamespaceHandler()),
            Map.entry(UseNamespace.class, new UsedNamespaceHandler()),
            Map.entry(AddLink.class, new LinkHandler()),
            Map.entry(SetMtu.class, new MtuHandler()),
            Map.entry(UseLink.class, new UsedLinkHandler()),
            Map.entry(MoveLink.class, new MovedLinkHandler()),
            Map.entry(AddAddress.class, NUMBERING),
            Map.entry(AddRoute.class, NUMBERING),
            Map.entry(Announce.class, NUMBERING),
            Map.entry(AddNeighbour.class, NEIGHBOURS),
            Map.entry(AddProxy.class, new ProxyHandler()),
            Map.entry(AddForwarding.class, NEIGHBOURS),
            Map.entry(AddTunnelPeer.class, NEIGHBOURS),
            Map.entry(SetSysctl.class, new SysctlHandler()),
            Map.entry(AddTable.class, new TableHandler()),
            Map.entry(AddElements.class, new ElementsHandler()),
            Map.entry(HoldPorts.class, new HoldPortsHandler()),
            Map.entry(WriteFile.class, new FileHandler()),
            Map.entry(CopyFile.class, new CopyHandler()),
            Map.entry(ServeNames.class, new NamesHandler()),
            Map.entry(SealPort.class, new SealHandler()),
            Map.entry(TunnelOp.Serve.class, new ServeHandler()),
            Map.entry(TunnelOp.AddPeer.class, TUNNELS),
            Map.entry(TunnelOp.AddNeighbour.class, TUNNELS));

    private Handlers() {}

    /** Returns the handler of this operation. */
    @SuppressWarnings("unchecked") // the map pairs each kind with its handler
    static <O extends KernelOp> Handler<O> of(O op) {
        Handler<?> handler = BY_KIND.get(op.getClass());
        if (handler == null) {
            throw new IllegalArgumentException("no handler for " + op.getClass().getName());
        }
        return (Handler<O>) handler;
    }
}
