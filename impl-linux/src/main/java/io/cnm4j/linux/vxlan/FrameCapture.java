package io.cnm4j.linux.vxlan;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A capture of one segment's frames as they are inside the tunnel, in the pcapng form that Wireshark reads; large TCP frames are there
 * as the device has them. Started and stopped while frames move. Thread-safe.
 */
public final class FrameCapture implements AutoCloseable {
    private static final long PAUSE_NANOS = 2_000_000;

    private final List<Port> ports;
    private final List<CaptureRing> rings;
    private final PcapngWriter writer;
    private final OutputStream out;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable IOException failure;
    private final AtomicLong frames = new AtomicLong();

    FrameCapture(SegmentOptions segment, List<Port> ports, OutputStream out) throws IOException {
        this.ports = ports;
        this.rings = ports.stream().map(port -> new CaptureRing()).toList();
        this.out = out;
        this.writer = new PcapngWriter(out, segment.device(), "VXLAN segment, VNI " + segment.vni());
        for (int i = 0; i < rings.size(); i++) {
            ports.get(i).capture(rings.get(i));
        }
        this.thread = new Thread(this::write, "cnm4j-vxlan-capture-" + segment.vni());
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void write() {
        while (true) {
            boolean last = stopping; // before the rings are read: then they are read once more
            int drained = 0;
            for (CaptureRing ring : rings) {
                drained += ring.drain(this::frame);
            }
            try {
                if (drained > 0) {
                    writer.flush();
                }
            } catch (IOException e) {
                failure = e;
            }
            if (last || failure != null) {
                return;
            }
            if (drained == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void frame(long nanos, boolean inward, ByteBuffer octets, int offset, int length) {
        try {
            if (failure == null) {
                writer.frame(nanos, inward, octets, offset, length);
                frames.incrementAndGet();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Returns how many frames it wrote so far. */
    public long frames() {
        return frames.get();
    }

    /** Returns how many frames it missed so far because the stream was too slow. */
    public long lost() {
        return rings.stream().mapToLong(CaptureRing::lost).sum();
    }

    /**
     * Ends the capture, writes what it still has, and closes the stream. Idempotent.
     *
     * @throws IOException if the stream failed; the capture ended when it did
     */
    @Override
    public synchronized void close() throws IOException {
        if (stopping) {
            return;
        }
        for (Port port : ports) {
            port.capture(null);
        }
        stopping = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try (out) {
            IOException failed = failure;
            if (failed != null) {
                throw failed;
            }
            writer.statistics(System.currentTimeMillis() * 1_000_000, frames.get(), lost());
        }
    }
}
