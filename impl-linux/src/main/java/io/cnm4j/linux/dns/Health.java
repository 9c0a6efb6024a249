package io.cnm4j.linux.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Which upstreams lately failed to answer. They are asked last, and tried again after a while that grows. On one loop. */
final class Health {
    private static final int MOST = 4096;
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int DOUBLINGS = 5;

    private final Map<Route, Illness> ill = new LinkedHashMap<>();

    /**
     * @param failures in a row
     * @param until when it is tried again
     */
    private record Illness(int failures, long until) {}

    void answered(Route route) {
        if (!ill.isEmpty()) {
            ill.remove(route);
        }
    }

    void failed(Route route, long now) {
        Illness before = ill.remove(route);
        int failures = before == null ? 1 : Math.min(DOUBLINGS, before.failures + 1);
        if (ill.size() >= MOST) {
            ill.remove(ill.keySet().iterator().next());
        }
        ill.put(route, new Illness(failures, now + (FIRST_NANOS << failures)));
    }

    boolean isWell(Route route, long now) {
        Illness illness = ill.get(route);
        return illness == null || illness.until - now < 0;
    }
}
