package io.cnm4j.linux.vxlan;

import io.cnm4j.api.error.ConflictException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** One VNI of an endpoint: a device and the table that says where its frames go. Thread-safe. */
public final class VxlanSegment implements AutoCloseable {
    private final VxlanEndpoint endpoint;
    private final SegmentOptions options;
    private final ForwardingTable table;
    private final List<Port> ports;

    VxlanSegment(VxlanEndpoint endpoint, SegmentOptions options, ForwardingTable table, List<Port> ports) {
        this.endpoint = endpoint;
        this.options = options;
        this.table = table;
        this.ports = ports;
    }

    /** Returns how it was opened. */
    public SegmentOptions options() {
        return options;
    }

    /** Returns where its frames go; empty at first, so that all of them are dropped. */
    public ForwardingTable table() {
        return table;
    }

    /**
     * Starts a capture; one at a time. It does not end with the segment.
     *
     * @param out where it goes; closed with the capture
     * @throws ConflictException if there is one
     * @throws IOException if the stream takes no beginning
     */
    public synchronized FrameCapture capture(OutputStream out) throws IOException {
        if (ports.get(0).capture() != null) {
            throw new ConflictException(
                    "the segment of VNI " + options.vni() + " has a capture already; close that one first");
        }
        return new FrameCapture(options, ports, out);
    }

    VxlanEndpoint endpoint() {
        return endpoint;
    }

    List<Port> ports() {
        return ports;
    }

    /** Ends it: a device that it made is gone when this returns. Idempotent. */
    @Override
    public void close() {
        endpoint.remove(this);
    }
}
