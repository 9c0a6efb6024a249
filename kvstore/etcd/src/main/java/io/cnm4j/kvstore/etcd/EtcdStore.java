package io.cnm4j.kvstore.etcd;

import static io.cnm4j.kvstore.etcd.EtcdCalls.base64;
import static io.cnm4j.kvstore.etcd.EtcdCalls.number;
import static io.cnm4j.kvstore.etcd.EtcdCalls.object;
import static io.cnm4j.kvstore.etcd.EtcdCalls.octets;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A store on etcd. Thread-safe. */
final class EtcdStore implements KeyValueStore {
    private static final int PAGE = 1000;

    private final EtcdCalls calls;
    private final @Nullable Deadline limit;

    EtcdStore(EtcdCalls calls) {
        this(calls, null);
    }

    private EtcdStore(EtcdCalls calls, @Nullable Deadline limit) {
        this.calls = calls;
        this.limit = limit;
    }

    @Override
    public KeyValueStore within(Deadline deadline) {
        return new EtcdStore(calls, deadline);
    }

    private Deadline deadline() {
        return limit == null ? calls.deadline() : limit;
    }

    @Override
    public Optional<Entry> get(String key) {
        JsonNode found = calls.ask("/v3/kv/range", object().put("key", calls.key(key)), true, deadline());
        return found.path("kvs").valueStream().findFirst().map(this::entry);
    }

    private Entry entry(JsonNode entry) {
        return new Entry(calls.text(entry), octets(entry.path("value")), number(entry.path("mod_revision")));
    }

    @Override
    public List<Entry> list(String prefix) {
        return listing(prefix, deadline()).entries;
    }

    /**
     * All entries of a prefix at one revision.
     *
     * @param entries in key order
     * @param revision of the store
     */
    record Listing(List<Entry> entries, long revision) {}

    Listing listing(String prefix, Deadline deadline) {
        while (true) {
            try {
                return pages(prefix, deadline);
            } catch (StoreException failed) {
                if (!String.valueOf(failed.getMessage()).contains("required revision has been compacted")) {
                    throw failed;
                }
            }
        }
    }

    private Listing pages(String prefix, Deadline deadline) {
        var entries = new ArrayList<Entry>();
        ObjectNode ask = object().put("range_end", calls.end(prefix)).put("limit", PAGE);
        String from = calls.key(prefix);
        while (true) {
            JsonNode page = calls.ask("/v3/kv/range", ask.put("key", from), true, deadline);
            page.path("kvs").valueStream().map(this::entry).forEach(entries::add);
            if (!ask.has("revision")) {
                ask.put("revision", page.path("header").path("revision").asString());
            }
            if (!page.path("more").asBoolean(false)) {
                return new Listing(List.copyOf(entries), number(ask.path("revision")));
            }
            from = calls.key(entries.get(entries.size() - 1).key() + "\0");
        }
    }

    @Override
    public long commit(List<Write> writes) {
        Write.check(writes);
        ObjectNode transaction = object();
        ArrayNode compare = transaction.putArray("compare");
        ArrayNode success = transaction.putArray("success");
        ArrayNode failure = transaction.putArray("failure");
        for (Write write : writes) {
            String key = calls.key(write.key());
            if (write.expected() != Write.ANY) {
                compare.addObject()
                        .put("key", key)
                        .put("target", "MOD")
                        .put("result", "EQUAL")
                        .put("mod_revision", String.valueOf(write.expected()));
                failure.addObject().putObject("request_range").put("key", key).put("keys_only", true);
            }
            change(write, key, success);
        }
        JsonNode answer = calls.ask("/v3/kv/txn", transaction, false, deadline());
        if (!answer.path("succeeded").asBoolean(false)) {
            throw stale(writes, answer);
        }
        return number(answer.path("header").path("revision"));
    }

    private static void change(Write write, String key, ArrayNode success) {
        if (write instanceof Write.Put put) {
            success.addObject().putObject("request_put").put("key", key).put("value", base64(put.value()));
        } else if (write instanceof Write.Hold hold) {
            if (!(hold.session() instanceof EtcdSession session)) {
                throw new InvalidRequestException("a session of another store cannot hold an entry of this one");
            }
            success.addObject()
                    .putObject("request_put")
                    .put("key", key)
                    .put("value", base64(hold.value()))
                    .put("lease", session.id());
        } else if (write instanceof Write.Delete) {
            success.addObject().putObject("request_delete_range").put("key", key);
        }
    }

    private static StaleWriteException stale(List<Write> writes, JsonNode answer) {
        List<Write> compared =
                writes.stream().filter(write -> write.expected() != Write.ANY).toList();
        for (int i = 0; i < compared.size(); i++) {
            Write write = compared.get(i);
            long found = number(answer.path("responses")
                    .path(i)
                    .path("response_range")
                    .path("kvs")
                    .path(0)
                    .path("mod_revision"));
            if (found != write.expected()) {
                return new StaleWriteException(write.key(), write.expected(), found);
            }
        }
        throw new StoreException("etcd refused a transaction whose conditions hold: " + answer + "; see its log");
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> follower) {
        var following = new EtcdFollowing(calls, this, prefix, follower);
        following.begin(deadline());
        return following;
    }

    @Override
    public Session session(Duration timeToLive, Runnable over) {
        return EtcdSession.begin(calls, timeToLive, over, deadline());
    }

    @Override
    public void close() {
        calls.servers.close();
    }
}
