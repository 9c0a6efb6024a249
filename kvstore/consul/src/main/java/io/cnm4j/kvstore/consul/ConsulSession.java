package io.cnm4j.kvstore.consul;

import io.cnm4j.kvstore.http.RenewedSession;
import io.cnm4j.spi.host.Deadline;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/** A session of Consul that is renewed, and no check of any node ends. Thread-safe. */
final class ConsulSession extends RenewedSession {
    private static final long LEAST_SECONDS = 10; // Consul's own limits
    private static final long MOST_SECONDS = 86_400;
    private static final int GONE = 404;

    private final ConsulCalls calls;

    private ConsulSession(ConsulCalls calls, String id, Duration timeToLive, Runnable told) {
        super(calls.servers, id, timeToLive, told);
        this.calls = calls;
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
        var session = new ConsulSession(calls, id, Duration.ofSeconds(seconds), told);
        session.begin();
        return session;
    }

    @Override
    protected boolean renewed(Deadline deadline) {
        return ask("/v1/session/renew/", deadline) != GONE;
    }

    @Override
    protected void end() {
        ask("/v1/session/destroy/", calls.deadline());
    }

    private int ask(String path, Deadline deadline) {
        return calls.change(path + id(), ConsulCalls.object(), true, GONE, deadline)
                .status();
    }
}
