package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Task;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A VXLAN endpoint in user space. Each segment is a TAP device; what a program or a bridge sends into it leaves as RFC 7348 says,
 * and any other endpoint may be at the far end, the kernel's included. Thread-safe.
 */
public final class VxlanEndpoint implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final NamespaceWorkers workers;
    private final List<Pump> pumps;
    private final Map<Integer, VxlanSegment> segments = new java.util.HashMap<>();
    private boolean closed;

    private VxlanEndpoint(NamespaceWorkers workers, List<Pump> pumps) {
        this.workers = workers;
        this.pumps = pumps;
    }

    /**
     * Opens an endpoint without segments.
     *
     * @param workers threads that enter namespaces; theirs is the host namespace
     * @throws io.cnm4j.api.error.KernelException if the port is taken or the address is not there
     */
    public static VxlanEndpoint open(NamespaceWorkers workers, VxlanOptions options) {
        return open(workers, options, false);
    }

    /**
     * Opens an endpoint that speaks VXLAN inside ESP in UDP and nothing else. Until {@link #use} gives it keys it drops everything.
     *
     * @param workers threads that enter namespaces; theirs is the host namespace
     * @param options its port is that of the ESP packets, 4500 as a rule (RFC 3948); one queue, as a key's sequence numbers are one
     *     thread's
     * @throws InvalidRequestException if there are several queues
     * @throws io.cnm4j.api.error.KernelException if the port is taken or the address is not there
     */
    public static VxlanEndpoint openEncrypted(NamespaceWorkers workers, VxlanOptions options) {
        if (options.queues() != 1) {
            throw new InvalidRequestException("an encrypted endpoint has one queue, not " + options.queues()
                    + "; open one endpoint for each address of the host instead");
        }
        return open(workers, options, true);
    }

    private static VxlanEndpoint open(NamespaceWorkers workers, VxlanOptions options, boolean encrypted) {
        int[] sockets = inside(
                workers, options.namespace(), () -> UdpSocket.open(options.local(), options.port(), options.queues()));
        var pumps = new ArrayList<Pump>();
        try {
            for (int i = 0; i < sockets.length; i++) {
                List<Integer> cpus = options.cpus();
                int cpu = cpus.isEmpty() ? -1 : cpus.get(i % cpus.size());
                Sealing sealing = encrypted ? new Sealing(options.inner()) : null;
                pumps.add(new Pump("cnm4j-vxlan-" + options.port() + "-" + i, sockets[i], cpu, sealing));
            }
        } catch (RuntimeException | Error failure) {
            for (int i = pumps.size(); i < sockets.length; i++) {
                CALLS.close(sockets[i]);
            }
            pumps.forEach(Pump::stop);
            throw failure;
        }
        pumps.forEach(Pump::start);
        return new VxlanEndpoint(workers, pumps);
    }

    private static int[] inside(NamespaceWorkers workers, NamespaceRef namespace, Task<int[], RuntimeException> task) {
        return workers.call(Deadline.after(LIMIT), () -> NamespaceWorkers.inside(namespace, task));
    }

    /**
     * Adds a segment: makes its device, up, and serves it.
     *
     * @throws ConflictException if the endpoint has this VNI already
     * @throws ClosedException if it is closed
     * @throws io.cnm4j.api.error.KernelException if the device cannot be made
     */
    public VxlanSegment add(SegmentOptions options) {
        return add(
                options,
                () -> Tap.open(
                        options.device(),
                        pumps.size(),
                        options.mtu(),
                        options.mac().bits()));
    }

    /**
     * Adds a segment whose device is there and stays when the segment ends. The endpoint has one queue.
     *
     * @param options how the device is
     * @throws ConflictException if the endpoint has this VNI already
     * @throws ClosedException if it is closed
     * @throws io.cnm4j.api.error.KernelException if there is no such device, or another program has it
     */
    VxlanSegment attach(SegmentOptions options) {
        return add(options, () -> new int[] {Tap.attach(options.device())});
    }

    private synchronized VxlanSegment add(SegmentOptions options, Task<int[], RuntimeException> opening) {
        requireOpen();
        if (segments.containsKey(options.vni())) {
            throw new ConflictException("VNI " + options.vni() + " is served by the device "
                    + segments.get(options.vni()).options().device()
                    + " already; close that segment or choose another VNI");
        }
        int[] taps = inside(workers, options.namespace(), opening);
        var table = new ForwardingTable();
        var ports = new ArrayList<Port>();
        for (int i = 0; i < taps.length; i++) {
            Pump pump = pumps.get(i);
            var port = new Port(options.vni(), taps[i], table, new Delivery(taps[i], options.mtu(), pump.counters()));
            ports.add(port);
            pump.add(port);
        }
        var segment = new VxlanSegment(this, options, table, ports);
        segments.put(options.vni(), segment);
        return segment;
    }

    /** Tells whether its threads run: one that met an error of this program has ended. */
    boolean isRunning() {
        return pumps.stream().allMatch(Pump::isRunning);
    }

    /** Tells whether it has no segments. */
    synchronized boolean isIdle() {
        return segments.isEmpty();
    }

    /**
     * Encrypts with these keys from now on; those that stay go on as they were.
     *
     * @throws ClosedException if it is closed
     * @throws IllegalStateException if it was opened without encryption
     */
    public synchronized void use(EspKeys keys) {
        requireOpen();
        pumps.forEach(pump -> pump.use(keys));
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("this VXLAN endpoint is closed; open another");
        }
    }

    synchronized void remove(VxlanSegment segment) {
        if (segments.remove(segment.options().vni(), segment)) {
            for (int i = 0; i < pumps.size(); i++) {
                pumps.get(i).remove(segment.ports().get(i));
            }
        }
    }

    /** Returns what it did so far. */
    public VxlanStatistics statistics() {
        var drops = new EnumMap<Drop, Long>(Drop.class);
        for (Drop reason : Drop.values()) {
            long dropped = pumps.stream()
                    .mapToLong(pump -> pump.counters().dropped(reason))
                    .sum();
            if (dropped > 0) {
                drops.put(reason, dropped);
            }
        }
        return new VxlanStatistics(
                sum(Counters.FRAMES_OUT),
                sum(Counters.OCTETS_OUT),
                sum(Counters.FRAMES_IN),
                sum(Counters.OCTETS_IN),
                sum(Counters.ANSWERED),
                drops);
    }

    private long sum(int counter) {
        return pumps.stream().mapToLong(pump -> pump.counters().count(counter)).sum();
    }

    /** Ends its threads and closes everything; its devices are gone when this returns. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            segments.clear();
            pumps.forEach(Pump::stop);
        }
    }
}
