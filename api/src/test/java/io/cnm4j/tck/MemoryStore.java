package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        Write.check(writes);
        synchronized (contents) {
            checkOpen();
            writes.forEach(this::checkRevision);
            long revision = ++contents.revision;
            writes.forEach(write -> carryOut(write, revision));
            deliver();
            return revision;
        }
    }

    private void checkRevision(Write write) {
        Entry entry = contents.entries.get(write.key());
        long found = entry == null ? Write.ABSENT : entry.revision();
        if (write instanceof Write.Hold hold) {
            checkSession(hold.session());
        }
        if (write.expected() != Write.ANY && write.expected() != found) {
            throw new StaleWriteException(write.key(), write.expected(), found);
        }
    }

    private static void checkSession(Session session) {
        if (!(session instanceof MemorySession)) {
            throw new InvalidRequestException("a session of another store cannot hold an entry of this one");
        }
        if (session.isOver()) {
            throw new ClosedException("the session is over; begin a new one");
        }
    }

    private void carryOut(Write write, long revision) {
        if (write instanceof Write.Put put) {
            store(put.key(), put.value(), revision, Optional.empty());
        } else if (write instanceof Write.Hold hold) {
            store(hold.key(), hold.value(), revision, Optional.of(hold.session()));
        } else if (write instanceof Write.Delete && contents.entries.remove(write.key()) != null) {
            contents.undelivered.add(new Change(write.key(), Optional.empty(), revision));
        }
    }

    private void store(String key, byte[] value, long revision, Optional<Session> holder) {
        contents.entries.put(key, new Entry(key, value.clone(), revision));
        contents.holders.put(key, holder);
        contents.undelivered.add(new Change(key, Optional.of(value.clone()), revision));
    }

    private void deliver() {
        if (contents.delivering) {
            return; // a follower that commits: its changes follow when it has returned
        }
        contents.delivering = true;
        try {
            for (Change next = contents.undelivered.poll(); next != null; next = contents.undelivered.poll()) {
                Change change = next;
                contents.followers.stream()
                        .filter(follower -> change.key().startsWith(follower.prefix))
                        .forEach(follower -> follower.told.accept(List.of(change)));
            }
        } finally {
            contents.delivering = false;
        }
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> told) {
        synchronized (contents) {
            var follower = new Follower(prefix, told);
            told.accept(list(prefix).stream()
                    .map(entry -> new Change(entry.key(), Optional.of(entry.value()), entry.revision()))
                    .toList());
            contents.followers.add(follower);
            return () -> contents.followers.remove(follower);
        }
    }

    @Override
    public Session session(Duration timeToLive, Runnable over) {
        return new MemorySession(over);
    }

    /** Ends a session that holds something, as silence would; none if none does. */
    public void expireSessions() {
        List<MemorySession> holding;
        synchronized (contents) {
            holding = contents.entries.keySet().stream()
                    .map(key -> contents.holders.getOrDefault(key, Optional.empty()))
                    .flatMap(Optional::stream)
                    .map(MemorySession.class::cast)
                    .limit(1)
                    .toList();
        }
        holding.forEach(MemorySession::expire);
    }

    /** A session of a {@link MemoryStore}: it lasts until it is closed, or expires when a test says so. */
    public final class MemorySession implements Session {
        private final Runnable told;
        private boolean over; // guarded by contents

        private MemorySession(Runnable told) {
            this.told = told;
        }

        /** Ends it as silence would. */
        public void expire() {
            close();
            told.run();
        }

        @Override
        public boolean isOver() {
            synchronized (contents) {
                return over;
            }
        }

        @Override
        public void close() {
            synchronized (contents) {
                over = true;
                List<Write> held = contents.entries.keySet().stream()
                        .filter(key -> Optional.of(this).equals(contents.holders.get(key)))
                        .<Write>map(key -> new Write.Delete(key, Write.ANY))
                        .toList();
                if (!held.isEmpty()) {
                    reopen().commit(held);
                }
            }
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

    private record Follower(String prefix, Consumer<List<Change>> told) {}

    /** What survives a close. Guarded by itself. */
    private static final class Contents {
        private final TreeMap<String, Entry> entries = new TreeMap<>(BY_OCTETS);
        private final Map<String, Optional<Session>> holders = new HashMap<>();
        private final List<Follower> followers = new CopyOnWriteArrayList<>();
        private final Queue<Change> undelivered = new ArrayDeque<>();
        private long revision;
        private boolean delivering;
    }
}
