package io.cnm4j.linux.dns;

import io.cnm4j.linux.dns.codec.Relayed;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What upstreams said, as long as they allow it; and a day longer for when none of them answers (RFC 8767). On one loop. */
final class AnswerCache {
    private static final int MOST_OCTETS = 4 << 20;
    private static final int ENTRY_OCTETS = 300; // what keeping one costs besides
    private static final long STALE_NANOS = TimeUnit.DAYS.toNanos(1);
    private static final int STALE_TTL = 30;

    private final Map<Object, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long octets;

    private record Entry(Relayed answer, long since, int ttl) {
        int size() {
            return answer.size() + ENTRY_OCTETS;
        }
    }

    void put(Object key, Relayed answer, long now) {
        int ttl = answer.ttl();
        if (ttl <= 0) {
            return;
        }
        remove(key);
        var entry = new Entry(answer, now, ttl);
        octets += entry.size();
        entries.put(key, entry);
        for (Iterator<Entry> oldest = entries.values().iterator(); octets > MOST_OCTETS; ) {
            octets -= oldest.next().size();
            oldest.remove();
        }
    }

    private void remove(Object key) {
        Entry gone = entries.remove(key);
        octets -= gone == null ? 0 : gone.size();
    }

    /** Returns the answer with what is left of its time; null if there is none. */
    @Nullable
    Relayed fresh(Object key, long now) {
        Entry entry = entries.get(key);
        long age = entry == null ? 0 : TimeUnit.NANOSECONDS.toSeconds(now - entry.since);
        return entry == null || age >= entry.ttl ? null : entry.answer.older((int) age);
    }

    /** Returns the answer even if its time is over; null if there is none. */
    @Nullable
    Relayed stale(Object key, long now) {
        Entry entry = entries.get(key);
        if (entry != null && now - entry.since > STALE_NANOS) {
            remove(key);
            return null;
        }
        return entry == null ? null : entry.answer.lasting(STALE_TTL);
    }
}
