package io.cnm4j.core.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** This host's entry, and commits that rely on it. Thread-safe. */
public final class Membership {
    private final KeyValueStore store;
    private final String self;
    private final String underlay;
    private final Duration timeToLive;
    private final Runnable lost;
    private @Nullable Session session; // guarded by this
    private volatile long epoch; // revision of the host's entry; 0 while it has none

    /**
     * @param store which the hosts share
     * @param self identity of this controller
     * @param underlay address of this host
     * @param timeToLive of the session
     * @param lost told when the host must {@link #join} again
     */
    public Membership(KeyValueStore store, String self, String underlay, Duration timeToLive, Runnable lost) {
        this.store = store;
        this.self = self;
        this.underlay = underlay;
        this.timeToLive = timeToLive;
        this.lost = lost;
    }

    /** Makes the host's entry, in place of one of an earlier life. */
    public synchronized void join(Deadline deadline) {
        KeyValueStore within = store.within(deadline);
        Session old = session;
        Session fresh = within.session(timeToLive, this::over);
        epoch = within.commit(List.of(new Write.Hold(Keys.host(self), underlay.getBytes(UTF_8), Write.ANY, fresh)));
        session = fresh;
        if (old != null) {
            old.close(); // the entry is held by the fresh one
        }
    }

    private void over() {
        epoch = 0;
        lost.run();
    }

    /** Tells whether the host has an entry as far as it knows. */
    public boolean isMember() {
        return epoch != 0;
    }

    /**
     * Commits if this host is still taken for alive. A commit whose outcome is unknown is decided by reading.
     *
     * @param writes the first writes an entry that nobody else writes so
     * @throws StaleWriteException if somebody else was faster
     * @throws StoreException if the store is out of reach, or took this host for gone: it joins again, try again
     */
    public long commit(List<Write> writes, Deadline deadline) {
        long mine = epoch;
        if (mine == 0) {
            throw gone();
        }
        var all = new ArrayList<>(writes);
        all.add(new Write.Check(Keys.host(self), mine));
        try {
            return store.within(deadline).commit(all);
        } catch (StaleWriteException stale) {
            if (stale.key().equals(Keys.host(self))) {
                if (epoch == mine) {
                    over();
                }
                throw gone();
            }
            throw stale;
        } catch (DeadlineException late) {
            throw late;
        } catch (StoreException unknown) {
            return decided(writes.get(0), unknown, deadline);
        }
    }

    private static StoreException gone() {
        return new StoreException(
                "the cluster's store heard nothing of this host for too long and took it for gone; it joins again, try again");
    }

    private long decided(Write write, StoreException unknown, Deadline deadline) {
        try {
            var there = store.within(deadline).get(write.key());
            if (write instanceof Write.Put put) {
                return there.filter(entry -> Arrays.equals(entry.value(), put.value()))
                        .map(Entry::revision)
                        .orElseThrow(() -> unknown);
            }
            if (there.isEmpty()) {
                return 0;
            }
        } catch (CnmException also) {
            if (!also.equals(unknown)) {
                unknown.addSuppressed(also);
            }
        }
        throw unknown;
    }
}
