package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.StoreException;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commits in groups: a caller queues its writes and waits for the turn to commit; whoever has the turn commits all that is
 * queued in one transaction. Each caller's writes are checked inside it and fail alone. Thread-safe.
 */
final class EmbeddedStore implements KeyValueStore {
    private static final int GROUP = 256;

    private final StoreDirectory directory;
    private final RecordFile file;
    private final Watchers watchers = new Watchers();
    private final ConcurrentLinkedQueue<PendingCommit> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock();

    EmbeddedStore(StoreDirectory directory, RecordFile file) {
        this.directory = directory;
        this.file = file;
        dropHeld();
    }

    /** Removes what sessions of an earlier process held. */
    private void dropHeld() {
        List<Write> held = file.read(view -> {
            var keys = new ArrayList<Write>();
            view.each(Octets.key(""), (key, value) -> {
                if (Octets.isHeld(value)) {
                    keys.add(new Write.Delete(Octets.text(key), Write.ANY));
                }
            });
            return keys;
        });
        if (!held.isEmpty()) {
            commit(held);
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        if (Octets.isTooLong(key)) {
            return Optional.empty();
        }
        byte @Nullable [] value = file.read(view -> view.get(Octets.key(key)));
        return value == null ? Optional.empty() : Optional.of(Octets.entry(key, value));
    }

    @Override
    public List<Entry> list(String prefix) {
        if (Octets.isTooLong(prefix)) {
            return List.of();
        }
        return file.read(view -> {
            var entries = new ArrayList<Entry>();
            view.each(Octets.key(prefix), (key, value) -> entries.add(Octets.entry(Octets.text(key), value)));
            return List.copyOf(entries);
        });
    }

    @Override
    public long commit(List<Write> writes) {
        var mine = new PendingCommit(writes);
        List<LocalSession> sessions = LocalSession.enter(writes, this);
        try {
            long revision = committed(mine);
            LocalSession.note(writes, revision);
            return revision;
        } finally {
            sessions.forEach(LocalSession::leave);
        }
    }

    private long committed(PendingCommit mine) {
        queue.add(mine);
        turn.lock();
        try {
            while (!mine.isDone()) {
                commitGroup();
            }
        } finally {
            turn.unlock();
        }
        watchers.deliver();
        return mine.revision();
    }

    private void commitGroup() {
        var group = new ArrayList<PendingCommit>();
        for (PendingCommit next = queue.poll(); next != null; next = group.size() < GROUP ? queue.poll() : null) {
            group.add(next);
        }
        try {
            file.write(edit -> group.forEach(commit -> commit.carryOut(edit)));
            group.forEach(PendingCommit::settle);
            group.forEach(commit -> watchers.queue(commit.changes()));
        } catch (RuntimeException | Error failure) {
            group.forEach(commit -> commit.fail(failure));
        }
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> follower) {
        Subscription subscription;
        turn.lock(); // no commit is half way: what is queued for delivery came before
        try {
            List<Change> there = list(prefix).stream()
                    .map(entry -> new Change(entry.key(), Optional.of(entry.value()), entry.revision()))
                    .toList();
            subscription = watchers.add(prefix, there, follower);
        } finally {
            turn.unlock();
        }
        watchers.deliver();
        return subscription;
    }

    @Override
    public Session session(Duration timeToLive, Runnable over) {
        return new LocalSession(this);
    }

    @Override
    public void close() {
        turn.lock();
        try {
            file.close();
            directory.close();
        } finally {
            turn.unlock();
        }
    }

    /** Writes of one caller, and what became of them. Belongs to whoever has the turn, in the end to the caller. */
    private static final class PendingCommit {
        private final List<Write> writes;
        private final List<byte[]> keys;
        private final List<Change> changes = new ArrayList<>();
        private long revision;
        private @Nullable Throwable failure;
        private boolean done;

        PendingCommit(List<Write> writes) {
            this.writes = List.copyOf(writes);
            this.keys = Octets.check(this.writes);
        }

        boolean isDone() {
            return done;
        }

        /** Writes everything or, if an entry has another revision than expected, nothing; may be called again. */
        void carryOut(RecordFile.Edit edit) {
            failure = null;
            changes.clear();
            for (int i = 0; i < keys.size(); i++) {
                long found = Octets.revision(edit.get(keys.get(i)));
                long expected = writes.get(i).expected();
                if (expected != Write.ANY && expected != found) {
                    failure = new StaleWriteException(writes.get(i).key(), expected, found);
                    return;
                }
            }
            revision = edit.nextRevision();
            for (int i = 0; i < keys.size(); i++) {
                carryOut(edit, keys.get(i), writes.get(i));
            }
        }

        private void carryOut(RecordFile.Edit edit, byte[] key, Write write) {
            if (write instanceof Write.Put put) {
                edit.put(key, Octets.value(revision, put.value(), false));
                changes.add(new Change(put.key(), Optional.of(put.value()), revision));
            } else if (write instanceof Write.Hold hold) {
                edit.put(key, Octets.value(revision, hold.value(), true));
                changes.add(new Change(hold.key(), Optional.of(hold.value()), revision));
            } else if (write instanceof Write.Delete && edit.get(key) != null) {
                edit.delete(key);
                changes.add(new Change(write.key(), Optional.empty(), revision));
            }
        }

        void settle() {
            done = true;
        }

        void fail(Throwable cause) {
            changes.clear();
            failure = cause;
            done = true;
        }

        List<Change> changes() {
            return changes;
        }

        long revision() {
            if (failure == null) {
                return revision;
            }
            if (failure instanceof StaleWriteException stale) {
                throw stale;
            }
            if (failure instanceof ClosedException) {
                throw new ClosedException(String.valueOf(failure.getMessage()));
            }
            if (failure instanceof Error error) {
                throw error;
            }
            // several callers: each its own trace
            throw new StoreException(String.valueOf(failure.getMessage()), failure);
        }
    }
}
