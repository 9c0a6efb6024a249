package io.cnm4j.driver.remote;

import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.host.Deadline;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a plug-in forgets with its process and is told again, if it wants that, before the first request after an open: IPM-51. Who is cut off
 * by his deadline leaves the rest to the next one; nobody waits for another longer than to his own. Thread-safe.
 */
final class PoolReplay {
    private static final Logger LOG = LoggerFactory.getLogger(PoolReplay.class);

    private final Set<IpAddress> untold = ConcurrentHashMap.newKeySet();
    private final ReentrantLock telling = new ReentrantLock();
    private boolean poolTold; // guarded by telling
    private volatile boolean due;

    /** @param due whether the pool is one that is restored */
    PoolReplay(boolean due) {
        this.due = due;
    }

    void add(IpAddress address) {
        untold.add(address);
    }

    void drop(IpAddress address) {
        untold.remove(address);
    }

    /** Tells the pool what is to be told before a request. */
    void before(RemotePool pool, Deadline deadline) {
        if (!due) {
            return;
        }
        lock(pool, deadline);
        try {
            if (due && pool.wantsReplay(deadline)) {
                if (!poolTold) {
                    tell(pool, () -> pool.askAgain(deadline));
                    poolTold = true;
                }
                for (IpAddress address : List.copyOf(untold)) {
                    tell(pool, () -> pool.askAgain(address, deadline));
                    untold.remove(address);
                }
            }
            due = false;
        } finally {
            telling.unlock();
        }
    }

    private void lock(RemotePool pool, Deadline deadline) {
        try {
            if (telling.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw deadline.expired(pool + " to be told again by another call what it gave");
    }

    /** A conflict is only logged. */
    private static void tell(RemotePool pool, Runnable call) {
        try {
            call.run();
        } catch (PluginException conflict) {
            if (conflict.answer() == PluginException.Answer.NONE) {
                throw conflict;
            }
            LOG.info("{} is known better there", pool, conflict);
        }
    }
}
