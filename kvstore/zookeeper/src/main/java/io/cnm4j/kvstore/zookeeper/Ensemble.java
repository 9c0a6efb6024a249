package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.host.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.jspecify.annotations.Nullable;

/** The servers, and the connection for everything that no session holds: made when needed, and again when its session was lost. Thread-safe. */
final class Ensemble implements AutoCloseable {
    private static final int SESSION_MILLIS = 15_000;

    private final StoreAddress address;
    private final ScheduledExecutorService pool;
    private final List<Connection> sessions = new ArrayList<>(); // guarded by this
    private @Nullable Connection current; // guarded by this
    private volatile boolean prepared;
    private volatile boolean closed;

    Ensemble(StoreAddress address) {
        this.address = address;
        config(); // refuses now what it would refuse later
        this.pool = Executors.newScheduledThreadPool(2, task -> {
            var thread = new Thread(task, "cnm4j zookeeper");
            thread.setDaemon(true);
            return thread;
        });
    }

    String prefix() {
        return address.prefix();
    }

    Deadline deadline() {
        return Deadline.after(address.timeout());
    }

    /** Returns the connection that is not a session's, with the nodes that all keys need. */
    Connection connection(Deadline deadline) {
        Connection connection = connection();
        if (!prepared) {
            TlsProbe.run(address, deadline);
            Connection.reading(() -> prepare(connection, deadline), () -> !closed, deadline);
            prepared = true;
        }
        return connection;
    }

    private synchronized Connection connection() {
        checkOpen();
        if (current == null || !current.zookeeper().getState().isAlive()) {
            current = open(SESSION_MILLIS, event -> {});
        }
        return current;
    }

    private static boolean prepare(Connection connection, Deadline deadline) {
        var made = new ArrayList<CompletableFuture<Boolean>>();
        for (String path : List.of(KeyPaths.ROOT, KeyPaths.KEYS, KeyPaths.REVISION, KeyPaths.GUARDS)) {
            made.add(connection.make(path, CreateMode.PERSISTENT));
        }
        for (int i = 0; i < KeyPaths.GUARD_COUNT; i++) {
            made.add(connection.make(KeyPaths.guard(i), CreateMode.PERSISTENT));
        }
        made.forEach(one -> Connection.await(one, deadline, "preparation"));
        return true;
    }

    /** Opens the connection of a session. */
    synchronized Connection session(Duration timeToLive, Watcher watcher) {
        checkOpen();
        sessions.removeIf(session -> !session.zookeeper().getState().isAlive());
        Connection connection = open((int) Math.max(1000, timeToLive.toMillis()), watcher);
        sessions.add(connection);
        return connection;
    }

    private Connection open(int sessionMillis, Watcher watcher) {
        try {
            var zookeeper = new ZooKeeper(String.join(",", address.servers()), sessionMillis, watcher, false, config());
            if (address.user().isPresent()) {
                String who =
                        address.user().orElseThrow() + ":" + address.password().orElse("");
                zookeeper.addAuthInfo("digest", who.getBytes(StandardCharsets.UTF_8));
            }
            return new Connection(zookeeper, address.user().isPresent() ? Ids.CREATOR_ALL_ACL : Ids.OPEN_ACL_UNSAFE);
        } catch (IOException e) {
            throw new StoreException("cannot connect to ZooKeeper at " + address.servers() + ": " + e, e);
        }
    }

    private ZKClientConfig config() {
        var config = new ZKClientConfig();
        config.setProperty(ZKConfig.JUTE_MAXBUFFER, String.valueOf(16 << 20)); // the names of a large directory
        if (address.authorities().isPresent()) {
            config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            config.setProperty(
                    ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
            config.setProperty("zookeeper.ssl.protocol", "TLS");
            config.setProperty(
                    "zookeeper.ssl.enabledProtocols", "TLSv1.3,TLSv1.2"); // servers before 3.9 have 1.2 alone
            set(config, "ssl.trustStore", address.authorities().orElseThrow());
        }
        address.certificate().ifPresent(certificate -> {
            if (!address.key().orElseThrow().equals(certificate)) {
                throw new ConfigurationException(
                        "ZooKeeper's client wants key and certificates in one PEM file, not in " + certificate + " and "
                                + address.key().orElseThrow() + "; name the same file for both");
            }
            set(config, "ssl.keyStore", certificate);
        });
        return config;
    }

    private static void set(ZKClientConfig config, String what, Path file) {
        config.setProperty("zookeeper." + what + ".location", file.toString());
        config.setProperty("zookeeper." + what + ".type", "PEM");
    }

    /** Runs a task after a delay. */
    void later(Duration delay, Runnable task) {
        if (!closed) {
            var unused = pool.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    boolean isClosed() {
        return closed;
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException("store 'zookeeper' is closed; connect again");
        }
    }

    /** Ends all connections, and with them the sessions. */
    @Override
    public void close() {
        List<Connection> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(sessions);
            if (current != null) {
                open.add(current);
            }
            sessions.clear();
            current = null;
        }
        pool.shutdownNow();
        open.forEach(Ensemble::end);
    }

    static void end(Connection connection) {
        boolean interrupted = Thread.interrupted();
        try {
            connection.zookeeper().close(2000);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
