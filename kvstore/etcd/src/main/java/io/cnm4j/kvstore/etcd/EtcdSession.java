package io.cnm4j.kvstore.etcd;

import static io.cnm4j.kvstore.etcd.EtcdCalls.number;
import static io.cnm4j.kvstore.etcd.EtcdCalls.object;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lease that is kept alive. Thread-safe. */
final class EtcdSession implements Session {
    private static final Logger LOG = System.getLogger(EtcdSession.class.getName());

    private final EtcdCalls calls;
    private final String lease;
    private final Duration rhythm;
    private final Runnable told;
    private final AtomicBoolean over = new AtomicBoolean();

    private EtcdSession(EtcdCalls calls, String lease, Duration rhythm, Runnable told) {
        this.calls = calls;
        this.lease = lease;
        this.rhythm = rhythm;
        this.told = told;
    }

    static EtcdSession begin(EtcdCalls calls, Duration timeToLive, Runnable told, Deadline deadline) {
        long seconds = Math.max(1, timeToLive.toSeconds());
        String lease = calls.ask("/v3/lease/grant", object().put("TTL", String.valueOf(seconds)), true, deadline)
                .path("ID")
                .asString();
        var session = new EtcdSession(calls, lease, Duration.ofSeconds(seconds).dividedBy(3), told);
        calls.servers.later(session.rhythm, session::keepAlive);
        return session;
    }

    String lease() {
        return lease;
    }

    private void keepAlive() {
        if (over.get() || calls.servers.isClosed()) {
            return;
        }
        try {
            long left = number(calls.ask(
                            "/v3/lease/keepalive",
                            object().put("ID", lease),
                            true,
                            Deadline.after(rhythm.multipliedBy(2)))
                    .path("result")
                    .path("TTL"));
            if (left == 0) {
                if (over.compareAndSet(false, true)) {
                    told.run();
                }
                return;
            }
        } catch (CnmException silent) { // it may still last: only the store knows
            LOG.log(Level.DEBUG, "lease {0} could not be kept alive; trying again: {1}", lease, silent.getMessage());
        }
        calls.servers.later(rhythm, this::keepAlive);
    }

    @Override
    public boolean isOver() {
        return over.get();
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true) && !calls.servers.isClosed()) {
            try {
                calls.ask("/v3/lease/revoke", object().put("ID", lease), true, calls.deadline());
            } catch (CnmException gone) { // or out of reach: it ends by itself
                LOG.log(Level.DEBUG, "lease {0} was not revoked: {1}", lease, gone.getMessage());
            }
        }
    }
}
