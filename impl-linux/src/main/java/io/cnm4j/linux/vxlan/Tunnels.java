package io.cnm4j.linux.vxlan;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.core.secret.HostKeys;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.vxlan.esp.EspKey;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.TunnelOp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The encrypted tunnels that end in this process: one endpoint for each address and port, there while it has a segment. Its keys are
 * those of the board; without any it drops everything. Thread-safe.
 */
public final class Tunnels implements AutoCloseable {
    private final NamespaceWorkers workers;
    private final Map<Place, VxlanEndpoint> endpoints = new HashMap<>(); // guarded by this
    private final Map<Link, Served> served = new HashMap<>(); // guarded by this
    private EspKeys keys = EspKeys.NONE; // guarded by this

    private record Place(IpAddress local, int port) {}

    private record Link(NamespaceRef namespace, String name) {
        static Link of(TunnelOp op) {
            return new Link(op.namespace(), op.link());
        }
    }

    private record Served(TunnelOp.Serve op, VxlanSegment segment, int index) {}

    /**
     * Makes none.
     *
     * @param workers threads that enter namespaces
     * @param board where the keys are
     */
    public Tunnels(NamespaceWorkers workers, KeyBoard board) {
        this.workers = workers;
        board.follow(this::use);
    }

    private synchronized void use(HostKeys now) {
        EspKeys next = EspKeys.NONE;
        for (HostKeys.Key key : now.sending()) {
            next = next.sendTo(key.peer(), new EspKey(key.spi(), key.material().octets()));
        }
        for (HostKeys.Key key : now.receiving()) {
            next = next.receiveFrom(
                    key.peer(), new EspKey(key.spi(), key.material().octets()));
        }
        keys = next;
        endpoints.values().forEach(endpoint -> endpoint.use(keys));
    }

    /**
     * Serves a link. Called on a worker.
     *
     * @param link the link
     * @throws ConflictException if the identifier is served behind another link
     * @throws io.cnm4j.api.error.KernelException if the port is taken, or the link is
     */
    public synchronized void serve(TunnelOp.Serve op, LinkFacts link) {
        end(op);
        var place = new Place(op.local(), op.port());
        closeIfIdle(place); // one whose thread has ended serves nobody
        VxlanEndpoint endpoint = endpoints.get(place);
        if (endpoint == null) {
            endpoint = VxlanEndpoint.openEncrypted(
                    workers, VxlanOptions.at(op.local()).withPort(op.port()).withInner(op.port() + 1));
            endpoints.put(place, endpoint);
            endpoint.use(keys);
        }
        try {
            VxlanSegment segment = endpoint.attach(new SegmentOptions(
                    op.vni(), op.link(), op.namespace(), link.mac().orElse(MacAddress.localUnicast(1)), link.mtu()));
            served.put(Link.of(op), new Served(op, segment, link.index()));
        } finally {
            closeIfIdle(place);
        }
    }

    /** Serves a link no more; absent is fine. The link stays. */
    public synchronized void end(TunnelOp.Serve op) {
        Served before = served.remove(Link.of(op));
        if (before != null) {
            before.segment.close();
            closeIfIdle(new Place(before.op.local(), before.op.port()));
        }
    }

    private void closeIfIdle(Place place) {
        VxlanEndpoint endpoint = endpoints.get(place);
        if (endpoint != null && (endpoint.isIdle() || !endpoint.isRunning())) {
            endpoints.remove(place);
            endpoint.close();
        }
    }

    /**
     * Tells whether the link is served so.
     *
     * @param index of the link as it is now
     */
    public synchronized boolean isServed(TunnelOp.Serve op, int index) {
        Served there = served.get(Link.of(op));
        return there != null
                && there.op.equals(op)
                && there.index == index
                && there.segment.endpoint().isRunning();
    }

    /** Returns the entries of a link that is served; none of one that is not. */
    public synchronized List<TunnelOp> entries(NamespaceRef namespace, String link) {
        Served there = served.get(new Link(namespace, link));
        return there == null ? List.of() : there.segment.table().entries(namespace, link);
    }

    /** Tells whether the entry is in the table of the link that it names. */
    public synchronized boolean knows(TunnelOp op) {
        Served there = served.get(Link.of(op));
        if (there == null) {
            return false;
        }
        return there.segment.table().knows(op, there.op.port());
    }

    /**
     * Adds entries to the table of the one link that they name; readers see all of them or none.
     *
     * @throws ConflictException if the link is not served
     */
    public synchronized void add(List<? extends TunnelOp> entries) {
        TunnelOp first = entries.get(0);
        Served there = served.get(Link.of(first));
        if (there == null) {
            throw new ConflictException("nobody serves the tunnel '" + first.link() + "' in " + first.namespace()
                    + "; NetworkController.repair starts it again");
        }
        there.segment.table().change(table -> entries.forEach(entry -> add(table, entry, there.op.port())));
    }

    private static void add(ForwardingTable.Change table, TunnelOp entry, int port) {
        if (entry instanceof TunnelOp.AddNeighbour neighbour) {
            table.neighbour(neighbour.address(), neighbour.mac());
        } else if (entry instanceof TunnelOp.AddPeer peer && peer.mac().equals(MacAddress.NONE)) {
            table.flood(new Vtep(peer.host(), port));
        } else if (entry instanceof TunnelOp.AddPeer peer) {
            table.put(peer.mac(), new Vtep(peer.host(), port));
        }
    }

    /** Takes an entry out; one that was replaced, or is gone, is fine. */
    public synchronized void remove(TunnelOp entry) {
        Served there = served.get(Link.of(entry));
        if (there == null || !knows(entry)) {
            return;
        }
        there.segment.table().change(table -> {
            if (entry instanceof TunnelOp.AddNeighbour neighbour) {
                table.removeNeighbour(neighbour.address());
            } else if (entry instanceof TunnelOp.AddPeer peer && peer.mac().equals(MacAddress.NONE)) {
                table.removeFlood(new Vtep(peer.host(), there.op.port()));
            } else if (entry instanceof TunnelOp.AddPeer peer) {
                table.remove(peer.mac());
            }
        });
    }

    /** Ends all of them; their links stay. */
    @Override
    public synchronized void close() {
        served.clear();
        endpoints.values().forEach(VxlanEndpoint::close);
        endpoints.clear();
    }
}
