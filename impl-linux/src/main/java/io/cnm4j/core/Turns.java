package io.cnm4j.core;

import io.cnm4j.spi.host.Deadline;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who may change what, now: first come, first served, by key. A turn belongs to a call, not to a thread. Thread-safe. */
final class Turns {
    private static final int ALL = 1 << 20;

    private final ConcurrentHashMap<String, Gate> gates = new ConcurrentHashMap<>();

    /** A turn; closing it lets the next one in. Idempotent. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Gate {
        final Semaphore permits = new Semaphore(ALL, true);
        int users; // changed only inside ConcurrentHashMap.compute
    }

    /** Waits until nobody else has the key. */
    Turn exclusive(String key, Deadline deadline) {
        return take(key, ALL, deadline);
    }

    /** Waits until nobody has the key for himself. */
    Turn shared(String key, Deadline deadline) {
        return take(key, 1, deadline);
    }

    /** Waits until nobody else has any of the keys; they are taken in their natural order. */
    Turn exclusive(Collection<String> keys, Deadline deadline) {
        return all(keys, key -> exclusive(key, deadline));
    }

    /** Waits until nobody has any of the keys for himself; in the same order. */
    Turn shared(Collection<String> keys, Deadline deadline) {
        return all(keys, key -> shared(key, deadline));
    }

    private static Turn all(Collection<String> keys, Function<String, Turn> take) {
        var taken = new ArrayDeque<Turn>();
        Turn all = () -> {
            while (!taken.isEmpty()) {
                taken.pop().close();
            }
        };
        try {
            for (String key : new TreeSet<>(keys)) {
                taken.push(take.apply(key));
            }
            return all;
        } catch (RuntimeException | Error failure) {
            all.close();
            throw failure;
        }
    }

    private Turn take(String key, int permits, Deadline deadline) {
        Gate gate = gates.compute(key, (k, existing) -> enter(existing));
        boolean mine = false;
        try {
            mine = gate.permits.tryAcquire(permits, deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw deadline.expired("its turn at " + key + " (the thread was interrupted)");
        } finally {
            if (!mine) {
                leave(key);
            }
        }
        if (!mine) {
            throw deadline.expired("its turn at " + key);
        }
        return new Held(key, gate, permits);
    }

    private static Gate enter(@Nullable Gate existing) {
        Gate gate = existing == null ? new Gate() : existing;
        gate.users++;
        return gate;
    }

    private void leave(String key) {
        gates.computeIfPresent(key, (k, gate) -> --gate.users == 0 ? null : gate);
    }

    private final class Held implements Turn {
        private final String key;
        private final Gate gate;
        private int permits;

        Held(String key, Gate gate, int permits) {
            this.key = key;
            this.gate = gate;
            this.permits = permits;
        }

        @Override
        public synchronized void close() {
            if (permits > 0) {
                gate.permits.release(permits);
                permits = 0;
                leave(key);
            }
        }
    }
}
