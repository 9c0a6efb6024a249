package io.cnm4j.linux.executor;

import io.cnm4j.api.ControllerId;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.dns.NameServers;
import io.cnm4j.linux.netlink.ProtocolException;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Task;
import io.cnm4j.linux.netns.WorkerContext;
import io.cnm4j.linux.relay.PortSockets;
import io.cnm4j.linux.vxlan.Tunnels;
import io.cnm4j.linux.watch.HostWatch;
import io.cnm4j.linux.xfrm.SealedPorts;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Difference;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.Receipt;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes plans true in the host namespace of its workers and in sandboxes. Thread-safe; plans run beside each other. */
public final class LinuxPlanExecutor implements PlanExecutor {
    private final NamespaceWorkers workers;
    private final NameServers servers;
    private final Tunnels tunnels;
    private final SealedPorts sealed;
    private final KernelTap tap;
    private final PortSockets held = new PortSockets();
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet(); // port ids of our sockets in the host namespace

    /**
     * Runs plans whose name servers know no names.
     *
     * @param workers threads at home in the host namespace; closed with this
     * @param tap told of every change
     */
    public LinuxPlanExecutor(NamespaceWorkers workers, KernelTap tap) {
        this(workers, new NameServers(new NameDirectory(), workers), new KeyBoard(), tap);
    }

    /**
     * @param workers threads at home in the host namespace; closed with this
     * @param servers name servers in sandboxes; closed with this
     * @param keys of encrypted tunnels
     * @param tap told of every change
     */
    public LinuxPlanExecutor(NamespaceWorkers workers, NameServers servers, KeyBoard keys, KernelTap tap) {
        this.tunnels = new Tunnels(workers, keys);
        this.sealed = new SealedPorts(keys, ports::add);
        this.workers = workers;
        this.servers = servers;
        this.tap = tap;
    }

    @Override
    public Receipt apply(Plan plan, Deadline deadline) {
        return apply(plan, () -> Sequel.NONE, deadline);
    }

    @Override
    public Receipt apply(Plan beginning, Supplier<Sequel> next, Deadline deadline) {
        var following = new Following(beginning, next, ensured -> beside(ensured, deadline));
        try {
            return on(deadline, site -> new Making(site).run(beginning, following), following);
        } finally {
            following.settle();
        }
    }

    private Aside<Receipt> beside(Plan ensured, Deadline deadline) {
        var aside = new Aside<>(() -> atSite(deadline, site -> ensure(ensured, site)));
        workers.offer(aside);
        return aside;
    }

    private static Receipt ensure(Plan plan, Site site) {
        return new Receipt(new Making(site).ensure(plan), site.writes());
    }

    @Override
    public Receipt remove(Plan plan, Deadline deadline) {
        return on(deadline, site -> new Removing(site).run(plan));
    }

    @Override
    public List<Difference> check(Plan plan, Deadline deadline) {
        return on(deadline, site -> {
            var differences = new ArrayList<Difference>();
            for (KernelOp op : plan.ops()) {
                site.check(op);
                Handlers.of(op).check(op, site).ifPresent(differences::add);
            }
            differences.addAll(Extras.of(plan, site));
            return List.copyOf(differences);
        });
    }

    @Override
    public Receipt ensure(Plan plan, Deadline deadline) {
        if (plan.ops().isEmpty()) {
            return Receipt.NOTHING;
        }
        return on(deadline, site -> ensure(plan, site));
    }

    @Override
    public List<KernelOp> marked(
            ControllerId controller, RunDirectory run, Collection<NamespaceRef> inside, Deadline deadline) {
        return on(deadline, site -> new Inventory(site, controller).of(run, inside));
    }

    @Override
    public Watch watch(ControllerId controller, Runnable changed) {
        return HostWatch.start(workers, controller, ports::contains, sealed::isUsed, changed);
    }

    private <T> T on(Deadline deadline, Function<Site, T> work) {
        return on(deadline, work, () -> {});
    }

    private <T> T on(Deadline deadline, Function<Site, T> work, Runnable meanwhile) {
        Task<T, RuntimeException> task = () -> atSite(deadline, work);
        return workers.call(deadline, task, meanwhile);
    }

    private <T> T atSite(Deadline deadline, Function<Site, T> work) {
        try (var site = new Site(tap, ports, servers, held, tunnels, sealed, deadline)) {
            return work.apply(site);
        } catch (ProtocolException unsound) {
            dropSockets(unsound);
            throw unsound;
        }
    }

    /** A socket whose answers made no sense is not asked again. */
    private static void dropSockets(ProtocolException unsound) {
        try {
            WorkerContext.current().drop(HomeSockets.class);
        } catch (Exception also) {
            unsound.addSuppressed(also);
        }
    }

    @Override
    public void close() {
        servers.close();
        tunnels.close();
        sealed.close();
        try {
            workers.close();
        } finally {
            held.close();
        }
    }
}
