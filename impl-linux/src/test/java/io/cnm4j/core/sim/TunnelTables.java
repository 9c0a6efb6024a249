package io.cnm4j.core.sim;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NeighbourOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** An executor that also keeps what the tunnels of a host were given, as the kernel does: by hardware address and by address. Thread-safe. */
public final class TunnelTables extends ExecutorBetween {
    private final Map<String, KernelOp> entries; // what the kernel knows; outlives the executor

    /** @param entries what the host's kernel knows already */
    public TunnelTables(PlanExecutor real, Map<String, KernelOp> entries) {
        super(real);
        this.entries = entries;
    }

    /** Returns an empty kernel. */
    public static Map<String, KernelOp> empty() {
        return new ConcurrentSkipListMap<>(); // read while hosts work
    }

    private static String key(KernelOp op) {
        if (op instanceof NeighbourOp.AddTunnelPeer peer) {
            MacAddress mac = peer.mac();
            return op.namespace() + " mac " + mac;
        }
        if (op instanceof TunnelOp.AddPeer peer) {
            return op.namespace() + " mac " + peer.mac();
        }
        IpAddress address = op instanceof TunnelOp.AddNeighbour neighbour
                ? neighbour.address()
                : ((NeighbourOp.AddNeighbour) op).address();
        return op.namespace() + " ip " + address;
    }

    /** Tells whether it is an entry of a table in this process. */
    private static boolean isOurs(KernelOp op) {
        return op instanceof TunnelOp.AddPeer || op instanceof TunnelOp.AddNeighbour;
    }

    @Override
    public synchronized void close() {
        super.close();
        entries.values().removeIf(TunnelTables::isOurs);
    }

    private static boolean isEntry(KernelOp op) {
        return op instanceof NeighbourOp.AddTunnelPeer || op instanceof NeighbourOp.AddNeighbour || isOurs(op);
    }

    @Override
    public synchronized Receipt apply(Plan plan, Deadline deadline) {
        Receipt receipt = super.apply(plan, deadline);
        plan.ops().stream().filter(TunnelTables::isEntry).forEach(op -> entries.put(key(op), op));
        return receipt;
    }

    @Override
    public synchronized Receipt ensure(Plan plan, Deadline deadline) {
        Receipt receipt = super.ensure(plan, deadline);
        plan.ops().stream().filter(TunnelTables::isEntry).forEach(op -> entries.put(key(op), op));
        return receipt;
    }

    @Override
    public synchronized Receipt remove(Plan plan, Deadline deadline) {
        Receipt receipt = super.remove(plan, deadline);
        for (KernelOp op : plan.ops()) {
            if (isEntry(op)) {
                entries.remove(key(op), op);
            } else if (op instanceof KernelOp.MakeNamespace) {
                entries.values().removeIf(entry -> entry.namespace().equals(op.namespace()));
            }
        }
        return receipt;
    }

    @Override
    public synchronized List<Difference> check(Plan plan, Deadline deadline) {
        var differences = new ArrayList<>(super.check(plan, deadline));
        Set<KernelOp> known = new LinkedHashSet<>(plan.ops());
        plan.ops().stream()
                .filter(op -> op instanceof LinkOp.AddLink link && link.link() instanceof LinkSpec.Vxlan)
                .forEach(tunnel -> entries.values().stream()
                        .filter(op -> op.namespace().equals(tunnel.namespace()) && !known.contains(op))
                        .forEach(op -> differences.add(new Difference(Difference.Kind.EXTRA, op, "left over"))));
        return differences;
    }
}
