package io.cnm4j.kvstore.consul;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.node.ObjectNode;

/** A session of Consul that is renewed, and no check of any node ends. Thread-safe. */
final class ConsulSession implements Session {
    private static final Logger LOG = System.getLogger(ConsulSession.class.getName());
    private static final long LEAST_SECONDS = 10; // Consul's own limits
    private static final long MOST_SECONDS = 86_400;
    private static final int GONE = 404;

    private final ConsulCalls calls;
    private final String id;
    private final Duration rhythm;
    private final Runnable told;
    private final AtomicBoolean over = new AtomicBoolean();

    private ConsulSession(ConsulCalls calls, String id, Duration rhythm, Runnable told) {
        this.calls = calls;
        this.id = id;
        this.rhythm = rhythm;
        this.told = told;
    }

    static ConsulSession begin(ConsulCalls calls, Duration timeToLive, Runnable told, Deadline deadline) {
        long seconds = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, timeToLive.toSeconds()));
        ObjectNode ask = ConsulCalls.object().put("Name", "cnm4j").put("TTL", seconds + "s");
        ask.put("Behavior", "delete").put("LockDelay", "0s");
        ask.putArray("Checks");
        ask.putArray("NodeChecks");
        String id = ConsulCalls.json(calls.change("/v1/session/create", ask, true, 200, deadline))
                .path("ID")
                .asString();
        var session = new ConsulSession(calls, id, Duration.ofSeconds(seconds).dividedBy(3), told);
        calls.servers.later(session.rhythm, session::renew);
        return session;
    }

    String id() {
        return id;
    }

    private void renew() {
        if (over.get() || calls.servers.isClosed()) {
            return;
        }
        try {
            HttpResponse<byte[]> answer = calls.change(
                    "/v1/session/renew/" + id,
                    ConsulCalls.object(),
                    true,
                    GONE,
                    Deadline.after(rhythm.multipliedBy(2)));
            if (answer.statusCode() == GONE) {
                if (over.compareAndSet(false, true)) {
                    told.run();
                }
                return;
            }
        } catch (CnmException silent) { // it may still last: only the store knows
            LOG.log(Level.DEBUG, "session {0} could not be renewed; trying again: {1}", id, silent.getMessage());
        }
        calls.servers.later(rhythm, this::renew);
    }

    @Override
    public boolean isOver() {
        return over.get();
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true) && !calls.servers.isClosed()) {
            try {
                calls.change("/v1/session/destroy/" + id, ConsulCalls.object(), true, GONE, calls.deadline());
            } catch (CnmException gone) { // or out of reach: it ends by itself
                LOG.log(Level.DEBUG, "session {0} was not destroyed: {1}", id, gone.getMessage());
            }
        }
    }
}
