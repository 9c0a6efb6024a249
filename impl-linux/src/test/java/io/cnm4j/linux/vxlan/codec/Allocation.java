package io.cnm4j.linux.vxlan.codec;

import java.lang.management.ManagementFactory;

/** How many octets a thread allocates. */
public final class Allocation {
    private static final int ROUNDS = 50_000;

    private Allocation() {}

    /** Returns the octets that one round of many allocates on average, once warm. */
    public static long perRound(Runnable round) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
    }
}
