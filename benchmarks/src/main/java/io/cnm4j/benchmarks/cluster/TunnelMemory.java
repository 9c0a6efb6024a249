package io.cnm4j.benchmarks.cluster;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.NeighbourOp.AddTunnelPeer;
import io.cnm4j.spi.plan.Plan;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A kernel that remembers where hardware addresses are behind its tunnels, and tells when one comes. */
final class TunnelMemory implements PlanExecutor {
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Consumer<String> learned;

    TunnelMemory(Consumer<String> learned) {
        this.learned = learned;
    }

    /** Returns how the place of a hardware address is written. */
    static String entry(MacAddress mac, IpAddress host) {
        return mac + " at " + host;
    }

    /** Returns how many there are. */
    int size() {
        return known.size();
    }

    private Receipt add(Plan plan) {
        for (KernelOp op : plan.ops()) {
            if (op instanceof AddTunnelPeer peer && known.add(entry(peer.mac(), peer.host()))) {
                learned.accept(entry(peer.mac(), peer.host()));
            }
        }
        return new Receipt(plan.ops().size(), plan.ops().size());
    }

    @Override
    public Receipt apply(Plan plan, Deadline deadline) {
        return add(plan);
    }

    @Override
    public Receipt ensure(Plan plan, Deadline deadline) {
        return add(plan);
    }

    @Override
    public Receipt remove(Plan plan, Deadline deadline) {
        for (KernelOp op : plan.ops()) {
            if (op instanceof AddTunnelPeer peer) {
                known.remove(entry(peer.mac(), peer.host()));
            }
        }
        return new Receipt(plan.ops().size(), plan.ops().size());
    }

    @Override
    public List<Difference> check(Plan plan, Deadline deadline) {
        return List.of();
    }

    @Override
    public List<KernelOp> marked(
            ControllerId controller, RunDirectory run, Collection<NamespaceRef> inside, Deadline deadline) {
        return List.of();
    }

    @Override
    public Watch watch(ControllerId controller, Runnable changed) {
        return () -> {};
    }

    @Override
    public void close() {}
}
