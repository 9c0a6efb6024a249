package io.cnm4j.linux.dns;

import io.cnm4j.api.model.NameAnswer.Source;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.linux.dns.codec.Question;
import io.cnm4j.linux.dns.codec.Replies;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the two sockets of a sandbox share. On its loop. */
final class SandboxServer {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxServer.class);

    private final Asking asking;
    private final NameDirectory names;
    private final Forwarder forwarder;
    private final Collisions collisions = new Collisions();

    SandboxServer(NamespaceRef namespace, NameDirectory names, Forwarder forwarder) {
        this.asking = new Asking(namespace, new Share());
        this.names = names;
        this.forwarder = forwarder;
    }

    /**
     * Answers, at once or later.
     *
     * @param size the most octets that the client takes
     * @param stream whether it asks by TCP
     */
    void ask(Question question, int size, boolean stream, ReplyTo client) {
        Optional<SandboxNames> known = names.sandbox(asking.namespace());
        if (known.isEmpty()) { // it is on its way out
            client.send(Replies.empty(question, Replies.SERVFAIL), Source.NOBODY);
        } else {
            ask(known.orElseThrow(), question, size, stream, client);
        }
    }

    private void ask(SandboxNames known, Question question, int size, boolean stream, ReplyTo unwatched) {
        ReplyTo client = forwarder.witness().watched(known.containerId(), question, unwatched);
        try {
            byte[] answer = Answerer.answer(question, known, collisions, size);
            if (answer != null) {
                client.send(answer, Source.LOCAL);
            } else {
                ReplyTo noting = collisions.noting(question, known, client);
                forwarder.ask(asking, known, question, size, stream, noting);
            }
        } catch (RuntimeException failure) { // DNS-03
            LOG.warn("a question in {} could not be answered", asking.namespace(), failure);
            client.send(Replies.empty(question, Replies.SERVFAIL), Source.NOBODY);
        }
    }
}
