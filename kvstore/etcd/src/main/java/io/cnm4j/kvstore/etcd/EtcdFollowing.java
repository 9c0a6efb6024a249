package io.cnm4j.kvstore.etcd;

import static io.cnm4j.kvstore.etcd.EtcdCalls.number;
import static io.cnm4j.kvstore.etcd.EtcdCalls.object;
import static io.cnm4j.kvstore.etcd.EtcdCalls.octets;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.kvstore.http.Lines;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.KeyValueStore.Subscription;
import io.cnm4j.spi.store.Mirror;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
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
    private volatile @Nullable Lines stream;
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
        } catch (CnmException | CompletionException | CancellationException | IOException failure) {
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
    private boolean watched() throws IOException {
        ObjectNode ask = object();
        ask.putObject("create_request")
                .put("key", calls.key(prefix))
                .put("range_end", calls.end(prefix))
                .put("start_revision", String.valueOf(revision + 1));
        try (Lines lines = calls.servers
                .lines(calls.call("/v3/watch", ask, true, calls.deadline()), SILENCE)
                .join()) {
            if (lines.status() != 200) { // perhaps the user's token is too old, or the server has forgotten it
                calls.forgetToken();
                return false;
            }
            stream = lines;
            heard = System.nanoTime();
            listen(lines);
            for (String line = lines.next(); line != null && !closed; line = lines.next()) {
                JsonNode message = EtcdCalls.parse(line);
                heard = System.nanoTime();
                if (message.path("result").path("canceled").asBoolean(false)) {
                    return restart(message.path("result"));
                }
                tell(message.path("result"));
            }
        }
        return closed;
    }

    /** Ends a stream that says nothing for long. */
    private void listen(Lines lines) {
        calls.servers.later(SILENCE, () -> {
            if (lines == stream && !closed) {
                if (System.nanoTime() - heard >= SILENCE.toNanos()) {
                    lines.close();
                } else {
                    listen(lines);
                }
            }
        });
    }

    /** Takes in why etcd ended a watch; tells whether the next may begin at once. */
    private boolean restart(JsonNode canceled) {
        LOG.log(Level.DEBUG, "watch of ''{0}'' ended: {1}", prefix, canceled);
        if (number(canceled.path("compact_revision")) == 0) {
            calls.forgetToken();
            return false;
        }
        EtcdStore.Listing listing = store.listing(prefix, calls.deadline());
        revision = listing.revision();
        tell(mirror.listed(listing.entries(), revision));
        return true;
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
        Lines open = stream;
        if (open != null) {
            open.close();
        }
    }
}
