package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A store in memory, for tests. What it holds can be opened again with {@link #reopen}. Thread-safe. */
public class MemoryStore implements KeyValueStore {
    private static final Comparator<String> BY_OCTETS =
            Comparator.comparing(key -> key.getBytes(UTF_8), Arrays::compareUnsigned);

    private final Contents contents;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private boolean closed; // guarded by contents

    /** Makes an empty one. */
    public MemoryStore() {
        this(new Contents());
    }

    private MemoryStore(Contents contents) {
        this.contents = contents;
    }

    /** Returns an open store with the same contents. */
    public MemoryStore reopen() {
        return new MemoryStore(contents);
    }

    @Override
    public Optional<Entry> get(String key) {
        synchronized (contents) {
            checkOpen();
            return Optional.ofNullable(contents.entries.get(key));
        }
    }

    @Override
    public List<Entry> list(String prefix) {
        synchronized (contents) {
            checkOpen();
            return contents.entries.tailMap(prefix).values().stream()
                    .takeWhile(entry -> entry.key().startsWith(prefix))
                    .toList();
        }
    }

    @Override
    public long commit(List<Write> writes) {
        check(writes);
        synchronized (contents) {
            checkOpen();
            writes.forEach(this::checkRevision);
            long revision = ++contents.revision;
            writes.forEach(write -> carryOut(write, revision));
            deliver();
            return revision;
        }
    }

    private static void check(List<Write> writes) {
        if (writes.isEmpty()) {
            throw new InvalidRequestException("a commit needs at least one write");
        }
        var keys = new HashSet<String>();
        for (Write write : writes) {
            int length = write.key().getBytes(UTF_8).length;
            if (length > MAX_KEY) {
                throw new InvalidRequestException(
                        "key '" + write.key() + "' has " + length + " octets, at most " + MAX_KEY + " fit");
            }
            if (!keys.add(write.key())) {
                throw new InvalidRequestException("key '" + write.key() + "' comes twice in one commit; write it once");
            }
            if (write instanceof Write.Put put && put.value().length > MAX_VALUE) {
                throw new InvalidRequestException("the value of '" + write.key() + "' has " + put.value().length
                        + " octets, at most " + MAX_VALUE + " fit");
            }
        }
    }

    private void checkRevision(Write write) {
        Entry entry = contents.entries.get(write.key());
        long found = entry == null ? Write.ABSENT : entry.revision();
        if (write.expected() != Write.ANY && write.expected() != found) {
            throw new StaleWriteException(write.key(), write.expected(), found);
        }
    }

    private void carryOut(Write write, long revision) {
        if (write instanceof Write.Put put) {
            contents.entries.put(put.key(), new Entry(put.key(), put.value().clone(), revision));
            contents.undelivered.add(
                    new Change(put.key(), Optional.of(put.value().clone()), revision));
        } else if (contents.entries.remove(write.key()) != null) {
            contents.undelivered.add(new Change(write.key(), Optional.empty(), revision));
        }
    }

    private void deliver() {
        if (contents.delivering) {
            return; // a listener that commits: its changes follow when it has returned
        }
        contents.delivering = true;
        try {
            for (Change next = contents.undelivered.poll(); next != null; next = contents.undelivered.poll()) {
                Change change = next;
                watchers.stream()
                        .filter(watcher -> change.key().startsWith(watcher.prefix))
                        .forEach(watcher -> watcher.listener.accept(change));
            }
        } finally {
            contents.delivering = false;
        }
    }

    @Override
    public Subscription watch(String prefix, Consumer<Change> listener) {
        synchronized (contents) {
            var watcher = new Watcher(prefix, listener);
            watchers.add(watcher);
            return () -> watchers.remove(watcher);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("the store is closed; open it again");
        }
    }

    @Override
    public void close() {
        synchronized (contents) {
            closed = true;
        }
    }

    private record Watcher(String prefix, Consumer<Change> listener) {}

    /** What survives a close. Guarded by itself. */
    private static final class Contents {
        private final TreeMap<String, Entry> entries = new TreeMap<>(BY_OCTETS);
        private final Queue<Change> undelivered = new ArrayDeque<>();
        private long revision;
        private boolean delivering;
    }
}
