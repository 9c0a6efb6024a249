package io.cnm4j.kvstore.embedded;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A session of this process: it lasts until it is closed, the store is, or the process ends. Thread-safe. */
final class LocalSession implements Session {
    private final EmbeddedStore store;
    private final ReentrantReadWriteLock lock =
            new ReentrantReadWriteLock(true); // whoever commits for it reads, whoever ends it writes
    private final Map<String, Long> held = new HashMap<>(); // key -> revision; guarded by itself
    private volatile boolean over;

    LocalSession(EmbeddedStore store) {
        this.store = store;
    }

    /** Keeps the sessions of these writes from ending until {@link #leave}. */
    static List<LocalSession> enter(List<Write> writes, EmbeddedStore store) {
        List<LocalSession> sessions = of(writes);
        for (LocalSession session : sessions) {
            if (session.store != store) {
                throw new InvalidRequestException("a session of another store cannot hold an entry of this one");
            }
        }
        sessions.forEach(session -> session.lock.readLock().lock());
        if (sessions.stream().anyMatch(session -> session.over)) {
            sessions.forEach(LocalSession::leave);
            throw new ClosedException("the session is over; begin a new one");
        }
        return sessions;
    }

    void leave() {
        lock.readLock().unlock();
    }

    /** Keeps in mind what the writes made it hold. */
    static void note(List<Write> writes, long revision) {
        for (Write write : writes) {
            if (write instanceof Write.Hold hold && hold.session() instanceof LocalSession session) {
                synchronized (session.held) {
                    session.held.put(hold.key(), revision);
                }
            }
        }
    }

    private static List<LocalSession> of(List<Write> writes) {
        return writes.stream()
                .filter(Write.Hold.class::isInstance)
                .map(write -> ((Write.Hold) write).session())
                .filter(session -> {
                    if (session instanceof LocalSession) {
                        return true;
                    }
                    throw new InvalidRequestException("a session of another store cannot hold an entry of this one");
                })
                .map(LocalSession.class::cast)
                .distinct()
                .toList();
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (over) {
                return;
            }
            over = true;
        } finally {
            lock.writeLock().unlock();
        }
        for (Map.Entry<String, Long> entry : held.entrySet()) { // nobody adds any more
            try {
                store.commit(List.of(new Write.Delete(entry.getKey(), entry.getValue())));
            } catch (StaleWriteException overwritten) {
                // whoever wrote since has it
            } catch (ClosedException closed) {
                return; // the next open drops it
            }
        }
    }
}
