package io.cnm4j.linux.vxlan;

import io.cnm4j.linux.vxlan.codec.Drop;
import java.util.Map;

/**
 * What an endpoint did since it was opened. A TCP frame of up to 64 KiB that is cut or joined here counts once.
 *
 * @param framesOut frames from the devices that were sent, once for each receiver
 * @param octetsOut their octets
 * @param framesIn frames that were written into the devices
 * @param octetsIn their octets
 * @param answered questions for addresses that were answered here
 * @param drops what went no further, by reason; reasons that never occurred are left out
 */
public record VxlanStatistics(
        long framesOut, long octetsOut, long framesIn, long octetsIn, long answered, Map<Drop, Long> drops) {
    /** Keeps a copy. */
    public VxlanStatistics {
        drops = Map.copyOf(drops);
    }

    /** Returns how many were dropped for this reason. */
    public long dropped(Drop reason) {
        return drops.getOrDefault(reason, 0L);
    }
}
