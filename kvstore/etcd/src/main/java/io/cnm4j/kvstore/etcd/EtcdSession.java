package io.cnm4j.kvstore.etcd;

import static io.cnm4j.kvstore.etcd.EtcdCalls.number;
import static io.cnm4j.kvstore.etcd.EtcdCalls.object;

import io.cnm4j.kvstore.http.RenewedSession;
import io.cnm4j.spi.host.Deadline;
import java.time.Duration;

/** A lease that is kept alive. Thread-safe. */
final class EtcdSession extends RenewedSession {
    private final EtcdCalls calls;

    private EtcdSession(EtcdCalls calls, String lease, Duration timeToLive, Runnable told) {
        super(calls.servers, lease, timeToLive, told);
        this.calls = calls;
    }

    static EtcdSession begin(EtcdCalls calls, Duration timeToLive, Runnable told, Deadline deadline) {
        long seconds = Math.max(1, timeToLive.toSeconds());
        String lease = calls.ask("/v3/lease/grant", object().put("TTL", String.valueOf(seconds)), true, deadline)
                .path("ID")
                .asString();
        var session = new EtcdSession(calls, lease, Duration.ofSeconds(seconds), told);
        session.begin();
        return session;
    }

    @Override
    protected boolean renewed(Deadline deadline) {
        return number(calls.ask("/v3/lease/keepalive", object().put("ID", id()), true, deadline)
                        .path("result")
                        .path("TTL"))
                != 0;
    }

    @Override
    protected void end() {
        calls.ask("/v3/lease/revoke", object().put("ID", id()), true, calls.deadline());
    }
}
