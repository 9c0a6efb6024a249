package io.cnm4j.linux.dns;

import io.cnm4j.api.NameListener;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NameAnswer;
import io.cnm4j.linux.dns.codec.Question;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listener and flight recorder what happens; costs nothing if nobody listens. Thread-safe. */
final class Witness {
    private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
    private static final int CODE = 0x0f;

    private final Optional<NameListener> listener;

    Witness(Optional<NameListener> listener) {
        this.listener = listener;
    }

    /** Returns where the answer goes, past this witness if anybody wants to know of it. */
    ReplyTo watched(String container, Question question, ReplyTo client) {
        var event = new NameAnswered();
        if (listener.isEmpty() && !event.isEnabled()) {
            return client;
        }
        long start = System.nanoTime();
        event.begin();
        return (answer, source) -> {
            client.send(answer, source);
            event.end();
            if (event.shouldCommit()) {
                event.container = container;
                event.name = question.name();
                event.type = question.type();
                event.source = source.name();
                event.code = answer[3] & CODE;
                event.commit();
            }
            listener.ifPresent(told -> safely(() -> told.answered(new NameAnswer(
                    container,
                    question.name(),
                    question.type(),
                    source,
                    answer[3] & CODE,
                    Duration.ofNanos(System.nanoTime() - start)))));
        };
    }

    void failed(String container, IpAddress upstream) {
        var event = new UpstreamFailed();
        if (event.isEnabled()) {
            event.container = container;
            event.upstream = upstream.toString();
            event.commit();
        }
        listener.ifPresent(told -> safely(() -> told.upstreamFailed(container, upstream)));
    }

    private static void safely(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException thrown) {
            LOG.warn("a name listener failed", thrown);
        }
    }
}
