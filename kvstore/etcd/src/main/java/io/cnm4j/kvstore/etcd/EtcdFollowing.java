package io.cnm4j.kvstore.etcd;

import static io.cnm4j.kvstore.etcd.EtcdCalls.number;
import static io.cnm4j.kvstore.etcd.EtcdCalls.object;
import static io.cnm4j.kvstore.etcd.EtcdCalls.octets;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.KeyValueStore.Subscription;
import io.cnm4j.spi.store.Mirror;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows a prefix: lists at one revision and watches from the next. A watch that breaks, or is silent for long and may be dead, is begun
 * anew after the last revision it told. After {@link #begin} it belongs to one task at a time.
 */
final class EtcdFollowing implements Subscription {
    private static final Logger LOG = System.getLogger(EtcdFollowing.class.getName());
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final EtcdCalls calls;
    private final EtcdStore store;
    private final String prefix;
    private final Consumer<List<Change>> follower;
    private final Mirror mirror = new Mirror();
    private long revision; // told up to here
    private volatile boolean closed;
    private volatile @Nullable Stream<String> lines;
    private volatile long heard;

    EtcdFollowing(EtcdCalls calls, EtcdStore store, String prefix, Consumer<List<Change>> follower) {
        this.calls = calls;
        this.store = store;
        this.prefix = prefix;
        this.follower = follower;
    }

    void begin(Deadline deadline) {
        EtcdStore.Listing listing = store.listing(prefix, deadline);
        revision = listing.revision();
        follower.accept(mirror.listed(listing.entries(), revision));
        calls.servers.soon(this::watch);
    }

    private void watch() {
        if (closed || calls.servers.isClosed()) {
            return;
        }
        boolean broken = true;
        try {
            broken = !watched();
        } catch (CnmException | CompletionException | CancellationException | UncheckedIOException failure) {
            LOG.log(Level.DEBUG, "watch of ''{0}'' broke off: {1}", prefix, failure);
        } catch (RuntimeException failure) {
            LOG.log(Level.WARNING, "a follower of '" + prefix + "' failed; it goes on", failure);
        }
        if (broken) {
            calls.servers.next();
        }
        calls.servers.later(broken ? PAUSE : Duration.ZERO, this::watch);
    }

    /** Watches until the stream ends; tells whether it ended as it should. */
    private boolean watched() {
        ObjectNode ask = object();
        ask.putObject("create_request")
                .put("key", calls.key(prefix))
                .put("range_end", calls.end(prefix))
                .put("start_revision", String.valueOf(revision + 1));
        HttpResponse<Stream<String>> answer = calls.servers
                .begin(calls.call("/v3/watch", ask, true, calls.deadline()), BodyHandlers.ofLines())
                .orTimeout(SILENCE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .join();
        boolean asked = false;
        try (Stream<String> body = answer.body()) {
            lines = body;
            heard = System.nanoTime();
            listen(body);
            for (Iterator<String> each = body.iterator(); !closed && each.hasNext(); ) {
                JsonNode message = EtcdCalls.parse(each.next());
                heard = System.nanoTime();
                if (message.path("result").path("canceled").asBoolean(false)) {
                    asked = true;
                    restart(message.path("result"));
                    break;
                }
                tell(message.path("result"));
            }
        }
        return asked || closed;
    }

    /** Ends a stream that says nothing for long. */
    private void listen(Stream<String> body) {
        calls.servers.later(SILENCE, () -> {
            if (body == lines && !closed) {
                if (System.nanoTime() - heard >= SILENCE.toNanos()) {
                    body.close();
                } else {
                    listen(body);
                }
            }
        });
    }

    private void restart(JsonNode canceled) {
        LOG.log(Level.DEBUG, "watch of ''{0}'' ended: {1}", prefix, canceled);
        if (number(canceled.path("compact_revision")) > 0) {
            EtcdStore.Listing listing = store.listing(prefix, calls.deadline());
            revision = listing.revision();
            tell(mirror.listed(listing.entries(), revision));
        }
    }

    private void tell(JsonNode result) {
        List<Change> changes =
                result.path("events").valueStream().map(this::change).toList();
        if (!changes.isEmpty()) {
            revision = Math.max(revision, changes.get(changes.size() - 1).revision());
            tell(mirror.told(changes));
        }
    }

    private void tell(List<Change> changes) {
        if (!changes.isEmpty() && !closed) {
            follower.accept(changes);
        }
    }

    private Change change(JsonNode event) {
        JsonNode entry = event.path("kv");
        boolean deleted = event.path("type").asString("").equals("DELETE");
        return new Change(
                calls.text(entry),
                deleted ? Optional.empty() : Optional.of(octets(entry.path("value"))),
                number(entry.path("mod_revision")));
    }

    @Override
    public void close() {
        closed = true;
        Stream<String> open = lines;
        if (open != null) {
            calls.servers.soon(open::close); // it may wait for a line
        }
    }
}
