package io.cnm4j.linux.vxlan;

import org.jspecify.annotations.Nullable;

/** One queue of a segment's device, as the thread sees it that serves it. */
final class Port {
    private final int vni;
    private final int tap;
    private final ForwardingTable table;
    private final Delivery delivery;
    private volatile @Nullable CaptureRing capture;

    /**
     * @param vni of the segment
     * @param tap descriptor of the queue
     * @param table where its frames go
     * @param delivery what is on its way into the device
     */
    Port(int vni, int tap, ForwardingTable table, Delivery delivery) {
        this.vni = vni;
        this.tap = tap;
        this.table = table;
        this.delivery = delivery;
    }

    int vni() {
        return vni;
    }

    int tap() {
        return tap;
    }

    ForwardingTable table() {
        return table;
    }

    Delivery delivery() {
        return delivery;
    }

    /** Returns where copies of its frames go; null for nowhere. */
    @Nullable
    CaptureRing capture() {
        return capture;
    }

    void capture(@Nullable CaptureRing ring) {
        capture = ring;
    }
}
