package io.cnm4j.kvstore.http;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A session that lasts as long as it is renewed, which happens three times in its time to live. Thread-safe. */
public abstract class RenewedSession implements Session {
    private static final Logger LOG = System.getLogger(RenewedSession.class.getName());

    private final Servers servers;
    private final String id;
    private final Duration rhythm;
    private final Runnable told;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * @param id as the store calls it
     * @param timeToLive how long it lasts without being renewed
     * @param told run once, if the store ends it
     */
    protected RenewedSession(Servers servers, String id, Duration timeToLive, Runnable told) {
        this.servers = servers;
        this.id = id;
        this.rhythm = timeToLive.dividedBy(3);
        this.told = told;
    }

    /**
     * Asks for more time.
     *
     * @return whether it lasts; false if the store has ended it
     * @throws CnmException if there is no answer: only the store knows then
     */
    protected abstract boolean renewed(Deadline deadline);

    /**
     * Asks the store to end it.
     *
     * @throws CnmException if there is no answer: then it ends by itself
     */
    protected abstract void end();

    /** Returns what the store calls it. */
    public final String id() {
        return id;
    }

    /** Begins to renew it. */
    public final void begin() {
        servers.later(rhythm, this::renew);
    }

    private void renew() {
        if (over.get() || servers.isClosed()) {
            return;
        }
        try {
            if (!renewed(Deadline.after(rhythm.multipliedBy(2)))) {
                if (over.compareAndSet(false, true)) {
                    told.run();
                }
                return;
            }
        } catch (CnmException silent) {
            LOG.log(Level.DEBUG, "session {0} could not be renewed; trying again: {1}", id, silent.getMessage());
        }
        begin();
    }

    @Override
    public final boolean isOver() {
        return over.get();
    }

    @Override
    public final void close() {
        if (over.compareAndSet(false, true) && !servers.isClosed()) {
            try {
                end();
            } catch (CnmException gone) {
                LOG.log(Level.DEBUG, "session {0} was not ended: {1}", id, gone.getMessage());
            }
        }
    }
}
