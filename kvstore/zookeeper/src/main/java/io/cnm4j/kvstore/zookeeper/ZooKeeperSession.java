package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Session;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;

/** A connection of its own. Thread-safe. */
final class ZooKeeperSession implements Session {
    private final Connection connection;
    private final AtomicBoolean over;

    private ZooKeeperSession(Connection connection, AtomicBoolean over) {
        this.connection = connection;
        this.over = over;
    }

    static ZooKeeperSession begin(Ensemble ensemble, Duration timeToLive, Runnable told, Deadline deadline) {
        ensemble.connection(deadline); // prepares
        var over = new AtomicBoolean();
        Watcher watcher = event -> {
            if (event.getState() == KeeperState.Expired && over.compareAndSet(false, true)) {
                told.run();
            }
        };
        Connection connection = ensemble.session(timeToLive, watcher);
        Connection.reading(
                () -> Connection.await(connection.stat(KeyPaths.ROOT), deadline, "a session"),
                () -> !ensemble.isClosed(),
                deadline);
        return new ZooKeeperSession(connection, over);
    }

    Connection connection() {
        return connection;
    }

    long id() {
        return connection.zookeeper().getSessionId();
    }

    @Override
    public boolean isOver() {
        return over.get();
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            Ensemble.end(connection);
        }
    }
}
