package io.cnm4j.linux.dns;

import io.cnm4j.api.model.NameAnswer.Source;
import io.cnm4j.core.names.Upstream;
import io.cnm4j.linux.dns.codec.Question;
import io.cnm4j.linux.dns.codec.Relayed;
import io.cnm4j.linux.dns.codec.Replies;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One question to upstreams, for all who ask it at the time. The next upstream is asked as soon as one says no or cannot be reached, and
 * when one is silent; who answers first answers. On one loop.
 */
final class Exchange {
    private static final long SILENCE_MILLIS = 800;
    private static final long LIMIT_MILLIS = 4000; // DNS-14

    /** Who asks. */
    private record Client(Question question, int size, ReplyTo reply) {}

    private final Forwarder forwarder;
    private final Question question;
    private final Object key;
    private final boolean stream;
    private final List<Client> clients = new ArrayList<>(1);
    private final ArrayDeque<Route> unasked = new ArrayDeque<>();
    private final List<Route> asked = new ArrayList<>(2);
    private final List<Runnable> cancels = new ArrayList<>(4);
    private final Runnable ended;
    private @Nullable Relayed refusal;
    private @Nullable ScheduledFuture<?> silence;
    private int open;
    private boolean over;
    private String container = "";

    Exchange(Forwarder forwarder, Question question, Object key, boolean stream, Runnable ended) {
        this.forwarder = forwarder;
        this.question = question;
        this.key = key;
        this.stream = stream;
        this.ended = ended;
    }

    void add(Question same, int size, ReplyTo client) {
        clients.add(new Client(same, size, client));
    }

    int clients() {
        return clients.size();
    }

    Question question() {
        return question;
    }

    /** Returns what is the same for exchanges that have the same answer. */
    Object key() {
        return key;
    }

    /** Asks the first upstream: those that are well before the others. */
    void start(List<Upstream> upstreams, NamespaceRef sandbox, String containerId) {
        container = containerId;
        long now = System.nanoTime();
        var ill = new ArrayList<Route>();
        for (Upstream upstream : upstreams) {
            var route = new Route(upstream.onHost() ? NamespaceRef.HOST : sandbox, upstream.address());
            if (forwarder.health().isWell(route, now)) {
                unasked.add(route);
            } else {
                ill.add(route);
            }
        }
        unasked.addAll(ill);
        ScheduledFuture<?> limit = forwarder.loop().schedule(this::expire, LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        cancels.add(() -> limit.cancel(false));
        next();
    }

    private void next() {
        Route route = unasked.poll();
        if (route == null) {
            if (open == 0) {
                fail();
            }
            return;
        }
        asked.add(route);
        open++;
        if (silence != null) {
            silence.cancel(false);
        }
        silence = forwarder.loop().schedule(() -> silent(route), SILENCE_MILLIS, TimeUnit.MILLISECONDS);
        cancels.add(forwarder.send(route, this, stream));
    }

    private void silent(Route route) {
        if (!over) {
            noteFailure(route);
            next();
        }
    }

    private void noteFailure(Route route) {
        forwarder.health().failed(route, System.nanoTime());
        forwarder.witness().failed(container, route.address());
    }

    private void expire() {
        if (!over) {
            fail();
        }
    }

    /** An upstream said something. */
    void answered(Route route, byte[] octets) {
        if (over || !question.isAnsweredBy(octets)) {
            return;
        }
        var answer = new Relayed(octets);
        forwarder.health().answered(route);
        if (answer.isFailure()) { // DNS-15
            refusal = answer;
            open--;
            next();
        } else {
            end();
            forwarder.learn(this, answer);
            deliver(answer, Source.UPSTREAM);
        }
    }

    /** An upstream cannot be reached. */
    void unreachable(Route route) {
        if (!over && asked.contains(route)) {
            noteFailure(route);
            open--;
            next();
        }
    }

    private void fail() {
        end();
        Relayed stale = forwarder.remembered(this);
        if (stale != null) {
            deliver(stale, Source.STALE);
        } else if (refusal != null) {
            deliver(refusal, Source.UPSTREAM);
        } else {
            clients.forEach(
                    client -> client.reply.send(Replies.empty(client.question, Replies.SERVFAIL), Source.NOBODY));
        }
    }

    private void deliver(Relayed answer, Source source) {
        clients.forEach(client -> client.reply.send(answer.to(client.question, client.size), source));
    }

    private void end() {
        over = true;
        if (silence != null) {
            silence.cancel(false);
        }
        cancels.forEach(Runnable::run);
        ended.run();
    }
}
