package io.cnm4j.kvstore.consul;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.kvstore.http.Answer;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.KeyValueStore.Subscription;
import io.cnm4j.spi.store.Mirror;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a prefix: a question that Consul answers when something changed, or after a while (a blocking query), again and again; what came
 * is compared with what was told. No thread waits for the answer. After {@link #begin} it belongs to one task at a time.
 */
final class ConsulFollowing implements Subscription {
    private static final Logger LOG = System.getLogger(ConsulFollowing.class.getName());
    private static final int WAIT_SECONDS = 15;
    private static final Duration SILENCE = Duration.ofSeconds(20); // Consul adds up to a 16th to the wait
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ConsulCalls calls;
    private final ConsulStore store;
    private final String prefix;
    private final Consumer<List<Change>> follower;
    private final Mirror mirror = new Mirror();
    private long index;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<?> asked;

    ConsulFollowing(ConsulCalls calls, ConsulStore store, String prefix, Consumer<List<Change>> follower) {
        this.calls = calls;
        this.store = store;
        this.prefix = prefix;
        this.follower = follower;
    }

    void begin(Deadline deadline) {
        ConsulStore.Listing listing = store.listing(prefix, deadline);
        index = listing.index();
        follower.accept(mirror.listed(listing.entries(), listing.index()));
        ask();
    }

    private void ask() {
        if (closed || calls.servers.isClosed()) {
            return;
        }
        String query = "recurse&consistent&index=" + index + "&wait=" + WAIT_SECONDS + "s";
        try {
            CompletableFuture<Answer> answer =
                    calls.servers.begin(calls.call("GET", calls.path(prefix, query), new byte[0], true), SILENCE);
            asked = answer;
            var unused =
                    answer.whenComplete((came, failure) -> calls.servers.soon(() -> goOn(answered(came, failure))));
        } catch (CnmException over) {
            LOG.log(Level.DEBUG, "following of ''{0}'' ends: {1}", prefix, over.getMessage());
        }
    }

    private void goOn(boolean answered) {
        calls.servers.later(answered ? Duration.ZERO : PAUSE, this::ask);
    }

    /** Takes an answer in; tells whether it was one. */
    private boolean answered(@Nullable Answer came, @Nullable Throwable failure) {
        if (came == null || (came.status() != 200 && came.status() != 404)) {
            LOG.log(Level.DEBUG, "following of ''{0}'' broke off: {1}", prefix, failure == null ? came : failure);
            calls.servers.next();
            return false;
        }
        try {
            ConsulStore.Listing listing = store.listing(came);
            index = listing.index() < index ? 0 : listing.index(); // 0: it began again, ask without waiting
            List<Change> changes = mirror.listed(listing.entries(), listing.index());
            if (!changes.isEmpty() && !closed) {
                follower.accept(changes);
            }
            return true;
        } catch (CnmException bad) {
            LOG.log(Level.DEBUG, "following of ''{0}'' broke off: {1}", prefix, bad.getMessage());
            return false;
        } catch (RuntimeException bad) {
            LOG.log(Level.WARNING, "a follower of '" + prefix + "' failed; it goes on", bad);
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<?> open = asked;
        if (open != null) {
            open.cancel(true);
        }
    }
}
