package io.cnm4j.kvstore.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.kvstore.http.Answer;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A store on Consul. Thread-safe. */
final class ConsulStore implements KeyValueStore {
    private static final int REFUSED = 409;

    private final ConsulCalls calls;
    private final @Nullable Deadline limit;

    ConsulStore(ConsulCalls calls) {
        this(calls, null);
    }

    private ConsulStore(ConsulCalls calls, @Nullable Deadline limit) {
        this.calls = calls;
        this.limit = limit;
    }

    @Override
    public KeyValueStore within(Deadline deadline) {
        return new ConsulStore(calls, deadline);
    }

    private Deadline deadline() {
        return limit == null ? calls.deadline() : limit;
    }

    @Override
    public Optional<Entry> get(String key) {
        return get(key, deadline());
    }

    private Optional<Entry> get(String key, Deadline deadline) {
        Answer answer = calls.read(calls.path(key, "consistent"), deadline);
        return entries(answer).stream().findFirst();
    }

    private List<Entry> entries(Answer answer) {
        return answer.status() == 404
                ? List.of()
                : ConsulCalls.json(answer).valueStream().map(calls::entry).toList();
    }

    @Override
    public List<Entry> list(String prefix) {
        return listing(prefix, deadline()).entries();
    }

    /**
     * All entries of a prefix.
     *
     * @param entries in key order
     * @param index of the last change to them
     */
    record Listing(List<Entry> entries, long index) {}

    Listing listing(String prefix, Deadline deadline) {
        return listing(calls.read(calls.path(prefix, "recurse&consistent"), deadline));
    }

    Listing listing(Answer answer) {
        return new Listing(entries(answer), ConsulCalls.index(answer));
    }

    @Override
    public long commit(List<Write> writes) {
        Write.check(writes);
        Deadline deadline = deadline();
        while (true) {
            var transaction = new Transaction(calls, writes);
            Answer answer = calls.change("/v1/txn", transaction.ops(), false, REFUSED, deadline);
            JsonNode json = ConsulCalls.json(answer);
            if (answer.status() == 200) {
                JsonNode results = json.path("Results");
                return results.path(results.size() - 1)
                        .path("KV")
                        .path("ModifyIndex")
                        .asLong();
            }
            if (new String(answer.body(), UTF_8).contains("invalid session")) {
                throw new ClosedException("the session is over; begin a new one");
            }
            if (json.path("Errors").isEmpty()) {
                throw calls.refused("/v1/txn", answer);
            }
            for (Write write : writes) {
                checkNotStale(write, deadline);
            }
            deadline.check("a commit whose conditions hold again"); // others were faster, and back
        }
    }

    private void checkNotStale(Write write, Deadline deadline) {
        if (write.expected() != Write.ANY) {
            long found = get(write.key(), deadline).map(Entry::revision).orElse(Write.ABSENT);
            if (found != write.expected()) {
                throw new StaleWriteException(write.key(), write.expected(), found);
            }
        }
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> follower) {
        var following = new ConsulFollowing(calls, this, prefix, follower);
        following.begin(deadline());
        return following;
    }

    @Override
    public Session session(Duration timeToLive, Runnable over) {
        return ConsulSession.begin(calls, timeToLive, over, deadline());
    }

    @Override
    public void close() {
        calls.servers.close();
    }
}
