package io.cnm4j.linux.dns;

import io.cnm4j.api.model.NameAnswer.Source;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.core.names.Upstream;
import io.cnm4j.linux.dns.codec.Question;
import io.cnm4j.linux.dns.codec.Relayed;
import io.cnm4j.linux.dns.codec.Replies;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.channel.IoEventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks others what we do not know, for all sandboxes of one loop. On that loop. */
final class Forwarder {
    private static final int MOST = 16_384;
    private static final int CLIENTS = 4096; // of one question
    private static final long PATIENCE_MILLIS = 4000;

    private final IoEventLoop loop;
    private final DatagramBatch batch = new DatagramBatch();
    private final Health health = new Health();
    private final AnswerCache cache = new AnswerCache();
    private final Map<Key, Exchange> exchanges = new HashMap<>();
    private final UpstreamSockets sockets;
    private final Witness witness;

    /**
     * What is asked, and of whom.
     *
     * @param namespace where questions leave from
     */
    private record Key(NamespaceRef namespace, List<Upstream> upstreams, String question, boolean stream) {}

    Forwarder(IoEventLoop loop, Opener opener, Witness witness) {
        this.witness = witness;
        this.loop = loop;
        this.sockets = new UpstreamSockets(loop, opener);
    }

    IoEventLoop loop() {
        return loop;
    }

    /** Returns the loop's memory for datagrams. */
    DatagramBatch batch() {
        return batch;
    }

    Health health() {
        return health;
    }

    Witness witness() {
        return witness;
    }

    UpstreamSockets sockets() {
        return sockets;
    }

    /**
     * Answers from what is known, or asks.
     *
     * @param size the most octets that the client takes
     * @param stream whether it asks by TCP: upstreams are asked in the same way
     */
    void ask(Asking asking, SandboxNames names, Question question, int size, boolean stream, ReplyTo client) {
        List<Upstream> upstreams = names.upstreams();
        if (upstreams.isEmpty()) { // DNS-19
            client.send(Replies.empty(question, Replies.SERVFAIL), Source.NOBODY);
            return;
        }
        boolean shared = upstreams.stream().allMatch(Upstream::onHost);
        var key = new Key(shared ? NamespaceRef.HOST : asking.namespace(), upstreams, question.key(), stream);
        Relayed known = cache.fresh(key, System.nanoTime());
        Exchange running = exchanges.get(key);
        if (known != null) {
            client.send(known.to(question, size), Source.CACHE);
        } else if (running != null && running.clients() < CLIENTS) {
            running.add(question, size, client);
        } else if (running == null && asking.share().mayStart(isCrowded())) {
            start(key, asking, names.containerId(), question, size, client);
        } else {
            queue(asking, names, question, size, stream, client);
        }
    }

    private boolean isCrowded() {
        return exchanges.size() >= MOST;
    }

    private void start(Key key, Asking asking, String container, Question question, int size, ReplyTo client) {
        asking.share().started();
        var exchange = new Exchange(this, question, key, key.stream, () -> {
            exchanges.remove(key);
            asking.share().ended(isCrowded());
        });
        exchange.add(question, size, client);
        exchanges.put(key, exchange);
        exchange.start(key.upstreams, asking.namespace(), container);
    }

    /** Lets a question wait for its turn, as long as a client does; then it is refused: DNS-16. */
    private void queue(Asking asking, SandboxNames names, Question question, int size, boolean stream, ReplyTo client) {
        var waiting = new Share.Waiting(() -> ask(asking, names, question, size, stream, client));
        if (!asking.share().wait(waiting)) {
            client.send(Replies.empty(question, Replies.REFUSED), Source.NOBODY);
            return;
        }
        var unused = loop.schedule(
                () -> {
                    if (waiting.end()) {
                        client.send(Replies.empty(question, Replies.REFUSED), Source.NOBODY);
                    }
                },
                PATIENCE_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Sends an exchange's question; running what is returned makes the answer unwanted. */
    Runnable send(Route route, Exchange exchange, boolean stream) {
        return stream ? sockets.stream(route, exchange) : sockets.datagram(route, exchange);
    }

    /** Keeps an answer. */
    void learn(Exchange exchange, Relayed answer) {
        cache.put(exchange.key(), answer, System.nanoTime());
    }

    /** Returns an old answer, if there is one. */
    @Nullable
    Relayed remembered(Exchange exchange) {
        return cache.stale(exchange.key(), System.nanoTime());
    }
}
